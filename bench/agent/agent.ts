// One peer and what is measured at it. The same code runs in pages (page.ts) and in Node (node.ts); works call it through
// a Remote. It speaks to the library only through its adapter.
import type { Open, Peer } from '../adapters/peer.js'
import { numbered, numberOf } from './messages.js'
import { type How, send, type Sent, stream } from './sending.js'
import { now, type Received, Tally } from './tally.js'

export interface Wish {
  readonly sees?: number
  readonly linkedWith?: number
  /** At most so many are seen: the others are known to have gone. */
  readonly seesAtMost?: number
}

/** Round trips of messages above this size are not measured: it is what flows meanwhile. */
const SMALL = 1000

export class Agent {
  private peer: Peer | undefined
  private readonly tally = new Tally()
  private isEcho = false
  private onPong: ((data: Uint8Array) => void) | undefined
  private stop: () => number[] = () => []
  private big: Uint8Array | undefined
  private departures = 0
  private counts = { sees: 0, linkedWith: 0 }
  /** When the counts last changed, in milliseconds since 1970. */
  private changed = { sees: 0, linkedWith: 0 }
  private readonly waiting = new Set<() => void>()

  /** No event of any library tells everything: who waits looks every so many milliseconds. */
  constructor(
    private readonly openPeer: Open,
    private readonly lookEvery: number,
  ) {}

  open(url: string, room: string): void {
    this.peer = this.openPeer(url, room, {
      onMessage: (data) => this.receive(data),
      onChange: () => this.look(),
    })
  }

  /** Returns when it began. */
  join(): number {
    const at = now()
    void this.peer?.join()
    return at
  }

  async invite(url: string): Promise<void> {
    await this.peer?.invite?.(url)
  }

  close(): void {
    void this.peer?.close()
  }

  // ---- who is there

  /** When all of the wish began to hold. */
  until(wish: Wish): Promise<number> {
    return new Promise((resolve) => {
      const poll = setInterval(() => this.look(), this.lookEvery)
      const check = () => {
        const { sees, linkedWith } = this.counts
        if (sees < (wish.sees ?? 0) || linkedWith < (wish.linkedWith ?? 0)) return
        if (sees > (wish.seesAtMost ?? Infinity)) return
        clearInterval(poll)
        this.waiting.delete(check)
        const isOfLinks = wish.linkedWith !== undefined
        resolve(isOfLinks ? this.changed.linkedWith : this.changed.sees)
      }
      this.waiting.add(check)
      this.look()
    })
  }

  /** `departures`: how often someone left its view. */
  who(): { sees: number; linkedWith: number; departures: number } {
    this.look()
    return { ...this.counts, departures: this.departures }
  }

  // ---- messages

  send(how: How, count: number, size: number): Promise<Sent> {
    if (!this.peer) throw new Error('not open')
    return send(this.peer, how, count, size)
  }

  /** Returns how many were sent. */
  stream(how: 'loop' | 'paced', bytesPerSecond: number, size: number, milliseconds: number): Promise<number> {
    if (!this.peer) throw new Error('not open')
    return stream(this.peer, how, bytesPerSecond, size, milliseconds)
  }

  received(expected: number, patience: number): Promise<Received> {
    return this.tally.until(expected, patience)
  }

  soFar(): number {
    return this.tally.soFar
  }

  /** Makes one large message, which counts as memory of the sender's user. */
  make(size: number): void {
    this.big = numbered(size, 0)
  }

  /** Sends and forgets it. Returns when it was handed over. */
  async sendMade(how: 'loop' | 'paced' | 'bulk'): Promise<Sent> {
    const { big, peer } = this
    this.big = undefined
    if (!big || !peer) throw new Error('nothing was made')
    return send(peer, how, 1, big.length, [big])
  }

  /** From now on sends every small message back. */
  echo(): void {
    this.isEcho = true
  }

  /** Round trips, in milliseconds, one after another. */
  async roundTrips(count: number, size: number): Promise<number[]> {
    const trips: number[] = []
    await this.ping(size, (trip) => trips.push(trip) < count)
    return trips
  }

  /** From now on pings at a fixed pace, whatever becomes of them: a slow answer does not make the next ping late. */
  startPings(size: number, every: number): void {
    const { peer } = this
    const trips: number[] = []
    const underWay = new Map<number, number>()
    let number = 0
    const timer = setInterval(() => {
      underWay.set(number, performance.now())
      void peer?.broadcast(numbered(size, number++))
    }, every)
    this.onPong = (data) => {
      const at = underWay.get(numberOf(data))
      if (underWay.delete(numberOf(data))) trips.push(performance.now() - (at ?? NaN))
    }
    this.stop = () => {
      clearInterval(timer)
      this.onPong = undefined
      // What is still under way took at least so long.
      return [...trips, ...[...underWay.values()].map((at) => performance.now() - at)]
    }
  }

  stopPings(): number[] {
    return this.stop()
  }

  // ---- inside

  private ping(size: number, next: (trip: number) => boolean): Promise<void> {
    const { peer } = this
    if (!peer) throw new Error('not open')
    return new Promise((resolve) => {
      let number = 0
      let at = performance.now()
      const go = () => {
        at = performance.now()
        void peer.broadcast(numbered(size, number++))
      }
      this.onPong = () => {
        if (next(performance.now() - at)) return go()
        this.onPong = undefined
        resolve()
      }
      go()
    })
  }

  private receive(data: Uint8Array): void {
    if (this.onPong && data.length < SMALL) return this.onPong(data)
    if (this.isEcho && data.length < SMALL) return void this.peer?.broadcast(data.slice())
    this.tally.add(data)
  }

  private look(): void {
    if (!this.peer) return
    const sees = this.peer.sees()
    const linkedWith = this.peer.linkedWith()
    const at = now()
    if (sees !== this.counts.sees) this.changed.sees = at
    if (sees < this.counts.sees) this.departures++
    if (linkedWith !== this.counts.linkedWith) this.changed.linkedWith = at
    this.counts = { sees, linkedWith }
    for (const check of [...this.waiting]) check()
  }
}
