// Messages that arrive before the group is JOINED: they wait, bounded, so that users hear nothing outside JOINED.
// Held by group.ts.
import type { Data, MemberId } from './contract.js'
import * as limits from './limits.js'

interface Waiting {
  readonly id: MemberId
  readonly data: readonly Data[]
}

/** What a message takes beside its content; a guess. */
const OVERHEAD = 64

export class Early {
  private messages: Waiting[] = []
  private bytes = 0

  /** No more is to be taken before these are told. */
  get isFull(): boolean {
    return this.bytes > limits.early
  }

  add(id: MemberId, data: readonly Data[]): void {
    this.messages.push({ id, data })
    this.bytes += sizeOf(data)
  }

  /** This member left: nothing of it is told after that. */
  drop(id: MemberId): void {
    this.refill(this.messages.filter((message) => message.id !== id))
  }

  take(): readonly Waiting[] {
    const { messages } = this
    this.refill([])
    return messages
  }

  private refill(messages: Waiting[]): void {
    this.messages = messages
    this.bytes = messages.reduce((sum, { data }) => sum + sizeOf(data), 0)
  }
}

const sizeOf = (messages: readonly Data[]): number =>
  messages.reduce((sum, { length }) => sum + length + OVERHEAD, 0)
