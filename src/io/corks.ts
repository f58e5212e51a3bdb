// What several frames of one turn say to one socket travels together: each packet costs a call of the system, which is most
// of what passing on a small frame costs. Used by acceptedSocket.ts.
import type { Duplex } from 'node:stream'

export class Corks {
  /** With whether nothing waited in them before this turn. */
  private readonly corked = new Map<Duplex, boolean>()
  private readonly uncork = () => {
    for (const stream of this.corked.keys()) stream.uncork()
    this.corked.clear()
  }

  /** Until all sockets that have something to say in this turn were heard. Whether it has sent all of what it said before. */
  cork(stream: Duplex): boolean {
    const known = this.corked.get(stream)
    if (known !== undefined) return known
    const isIdle = stream.writableLength === 0
    if (this.corked.size === 0) setImmediate(this.uncork)
    this.corked.set(stream, isIdle)
    stream.cork()
    return isIdle
  }
}
