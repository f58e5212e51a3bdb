// What several frames of one turn say to one socket travels together: each packet costs a call of the system, which is most
// of what passing on a small frame costs. Used by acceptedSocket.ts.
import type { Duplex } from 'node:stream'

export class Corks {
  private readonly corked = new Set<Duplex>()
  private readonly uncork = () => {
    for (const stream of this.corked) stream.uncork()
    this.corked.clear()
  }

  /** Until all sockets that have something to say in this turn were heard. */
  cork(stream: Duplex): void {
    if (this.corked.has(stream)) return
    if (this.corked.size === 0) setImmediate(this.uncork)
    this.corked.add(stream)
    stream.cork()
  }
}
