// Messages that arrive before the group is JOINED: they wait, bounded, so that users hear nothing outside JOINED.
// Held by group.ts.
import type { Data, MemberId } from './contract.js'
import * as limits from './limits.js'

export interface EarlyMessage {
  readonly id: MemberId
  readonly data: Data
}

/** What a message takes beside its content; a guess. */
const OVERHEAD = 64

export class Early {
  private messages: EarlyMessage[] = []
  private bytes = 0

  /** No more is to be taken before these are told. */
  get isFull(): boolean {
    return this.bytes > limits.early
  }

  add(message: EarlyMessage): void {
    this.messages.push(message)
    this.bytes += message.data.length + OVERHEAD
  }

  /** This member left: nothing of it is told after that. */
  drop(id: MemberId): void {
    this.refill(this.messages.filter((message) => message.id !== id))
  }

  take(): readonly EarlyMessage[] {
    const { messages } = this
    this.refill([])
    return messages
  }

  private refill(messages: EarlyMessage[]): void {
    this.messages = messages
    this.bytes = messages.reduce((sum, message) => sum + message.data.length + OVERHEAD, 0)
  }
}
