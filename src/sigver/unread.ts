// What sockets leave unread, beside what each of them may: bounded for those of one network, and for all. Sigver.ts tells
// of every send. When it is too much those who hold most are cut, until a quarter is free: so it is not looked at often.
import * as limits from '../core/limits.js'

export interface Reader {
  readonly socket: { readonly queued: number }
  readonly network: string
  /** As it was counted last; 0 if it is little. */
  unread: number
}

export class Unread<One extends Reader> {
  /** Those who leave more than little. */
  private readonly readers = new Set<One>()
  private readonly networks = new Map<string, number>()
  private total = 0

  /** `cut` lets go of its queue at once, and calls forget(). */
  constructor(private readonly cut: (reader: One) => void) {}

  /** Something was sent to it. */
  sent(reader: One): void {
    const { queued } = reader.socket
    // Nearly always.
    if (queued <= limits.littleUnread && reader.unread === 0) return
    this.count(reader, queued)
    const { network } = reader
    const isOfIt = (one: One) => one.network === network
    if (this.of(network) > limits.unreadByAddress)
      this.relieve(isOfIt, () => this.of(network) <= limits.unreadByAddress * 0.75)
    if (this.total > limits.unreadByAll) this.relieve(anybody, () => this.total <= limits.unreadByAll * 0.75)
  }

  forget(reader: One): void {
    if (reader.unread > 0) this.count(reader, 0)
  }

  private of(network: string): number {
    return this.networks.get(network) ?? 0
  }

  private count(reader: One, queued: number): void {
    const { network } = reader
    const unread = queued > limits.littleUnread ? queued : 0
    const ofIt = this.of(network) + unread - reader.unread
    this.total += unread - reader.unread
    reader.unread = unread
    if (ofIt > 0) this.networks.set(network, ofIt)
    else this.networks.delete(network)
    if (unread > 0) this.readers.add(reader)
    else this.readers.delete(reader)
  }

  /** Some have read meanwhile: first all of them are looked at. Then the network that holds most loses its largest. */
  private relieve(isOne: (reader: One) => boolean, isEnough: () => boolean): void {
    for (const reader of this.readers) if (isOne(reader)) this.count(reader, reader.socket.queued)
    const ones = [...this.readers].filter(isOne)
    ones.sort((a, b) => this.of(b.network) - this.of(a.network) || b.unread - a.unread)
    for (const reader of ones) {
      if (isEnough()) return
      this.cut(reader)
    }
  }
}

const anybody = (): boolean => true
