// The ways in which the bench sends. Messages are made before the clock starts.
import type { Peer } from '../adapters/peer.js'
import { DIFFERENT, numbered } from './messages.js'
import { now } from './tally.js'

/**
 * `loop`: one call after the other, nothing is waited for.
 * `tasks`: each in a task of its own, one MessageChannel message apart, so that no library can pack what was sent in one turn.
 * `paced`: as the library lets its user wait before the next.
 * `bulk`: as messages that others may overtake.
 */
export type How = 'loop' | 'tasks' | 'paced' | 'bulk'

export interface Sent {
  readonly began: number
  readonly ended: number
  /** What the library refused, by an exception or a rejected promise. */
  readonly refused: number
  readonly reason: string
}

export async function send(
  peer: Peer,
  how: How,
  count: number,
  size: number,
  ready?: readonly Uint8Array[],
): Promise<Sent> {
  const same = ready?.[0] ?? numbered(size, 0)
  const messages =
    size > DIFFERENT ? undefined : Array.from({ length: count }, (_, number) => numbered(size, number))
  const refusals = new Refusals()
  const give = calls[how](peer)
  const began = now()
  const one = (number: number): unknown => refusals.watch(() => give(messages?.[number] ?? same))
  if (how === 'paced') for (let number = 0; number < count; number++) await one(number)
  else if (how === 'tasks') await inTasks(count, one)
  else for (let number = 0; number < count; number++) void one(number)
  return { began, ended: now(), ...(await refusals.all()) }
}

const calls: Record<How, (peer: Peer) => (data: Uint8Array) => unknown> = {
  loop: (peer) => (data) => peer.broadcast(data),
  tasks: (peer) => (data) => peer.broadcast(data),
  paced: (peer) => (data) => (peer.paced ?? peer.broadcast)(data),
  bulk: (peer) => (data) => (peer.bulk ?? peer.broadcast)(data),
}

/** A timer would wait 4 ms in a page; a message to oneself is a task without waiting. */
function inTasks(count: number, one: (number: number) => unknown): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    let number = 0
    port1.onmessage = () => {
      void one(number++)
      if (number < count) return port2.postMessage(0)
      port1.close()
      resolve()
    }
    port2.postMessage(0)
  })
}

/** So many bytes a second for so long, whether it keeps up or not. `paced`: waits as the library asks, and is late then. */
export async function stream(
  peer: Peer,
  how: 'loop' | 'paced',
  bytesPerSecond: number,
  size: number,
  milliseconds: number,
): Promise<number> {
  const message = numbered(size, 0)
  const give = calls[how](peer)
  const count = Math.round((bytesPerSecond * milliseconds) / 1000 / size)
  const began = performance.now()
  for (let sent = 0; sent < count; sent++) {
    const due = began + (1000 * sent * size) / bytesPerSecond
    while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, 1))
    const given = give(message)
    if (how === 'paced') await given
  }
  return count
}

class Refusals {
  private refused = 0
  private reason = ''

  watch(call: () => unknown): unknown {
    try {
      const result = call()
      return result instanceof Promise ? result.catch((error: unknown) => this.note(error)) : result
    } catch (error) {
      return this.note(error)
    }
  }

  /** What was rejected later than this is known by its absence at the receivers. */
  async all(): Promise<{ refused: number; reason: string }> {
    return { refused: this.refused, reason: this.reason }
  }

  private note(error: unknown): void {
    this.refused++
    this.reason ||= String(error).slice(0, 160)
  }
}
