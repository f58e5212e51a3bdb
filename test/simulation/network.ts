// A simulated network: hosts, servers that accept, and pipes between two ends, each direction in order with delay and rate.
// Faults are set on it by the world; what is lost here is lost as real transports lose it: with the whole connection.
import { type Milliseconds, NO_ANSWER } from '../../src/core/contract.js'
import * as limits from '../../src/core/limits.js'
import type { Transport, TransportEvents } from '../../src/io/port.js'
import type { Clock } from './clock.js'

/** Anything with an address: a member, a bot, Sigver. */
export type Host = string

export interface Faults {
  /** Nothing passes from one host to the other; open connections stall. */
  isCut(from: Host, to: Host): boolean
  /** These hosts can never connect by WebRTC. */
  isForbidden(a: Host, b: Host): boolean
  delay(from: Host, to: Host): Milliseconds
  /** Bytes per millisecond. */
  rate(from: Host, to: Host): number
}

export interface Server {
  readonly host: Host
  accept(transport: Pipe, path: string, address: Host): void
}

const ICE_FAILS_AFTER = 6_000
const STALLED_CHANNEL_DIES_AFTER = 20_000
/** TCP sends again after a time that doubles with each failure, and gives up after a quarter of an hour (Linux). */
const FIRST_RETRY = 200
const LONGEST_RETRY = 120_000
const STALLED_SOCKET_DIES_AFTER = 900_000

/** One end of a connection. */
export class Pipe implements Transport {
  other: Pipe | undefined
  isOpen = true
  /** Messages that come before `opened` wait for it. Accepted sockets are open from the start. */
  isReady = true
  private events: TransportEvents | undefined
  private readonly waiting: Uint8Array[] = []
  private unreported = 0
  private inQueue = 0
  private freeAt = 0
  private outgoing: { readonly bytes: Uint8Array; readonly at: number }[] = []
  private isMoving = false
  private closing: { code: number; reason: string } | undefined

  constructor(
    protected readonly network: Network,
    readonly host: Host,
  ) {}

  get queued(): number {
    return this.inQueue
  }

  listen(events: TransportEvents | undefined): void {
    this.events = events
    if (!events || this.waiting.length === 0) return
    const waiting = this.waiting.splice(0)
    this.network.soon(this.host, () => {
      for (const bytes of waiting) if (this.isOpen) this.deliver(bytes)
    })
  }

  opened(): void {
    this.events?.opened?.()
    this.isReady = true
    for (const bytes of this.waiting.splice(0)) if (this.isOpen) this.deliver(bytes)
  }

  send(bytes: Uint8Array): void {
    if (!this.isOpen || this.closing) return
    const { clock, faults } = this.network
    const to = this.other?.host ?? this.host
    if (this.inQueue + bytes.length > limits.channelFull) return this.overflow()
    this.inQueue += bytes.length
    this.unreported += bytes.length
    this.freeAt = Math.max(this.freeAt, clock.now) + bytes.length / faults.rate(this.host, to)
    this.outgoing.push({ bytes: bytes.slice(), at: this.freeAt + faults.delay(this.host, to) })
    this.move()
  }

  /** As in real ports: what no queue can hold ends the connection instead of being lost in silence. */
  private overflow(): void {
    this.network.clock.after(0, () => this.break(0, 'the queue is full'))
    this.other?.lose()
  }

  /** The other end is gone, which takes its time to be heard of here. */
  private lose(): void {
    this.network.clock.after(this.network.faults.delay(this.host, this.host), () =>
      this.break(0, 'the connection broke'),
    )
  }

  /** After what was sent. The other end hears of it; this one does not. */
  close(code = 1000, reason = ''): void {
    this.events = undefined
    if (!this.isOpen || this.closing) return
    this.closing = { code, reason }
    this.move()
  }

  /** Breaks at once, without a word: the process is gone. */
  abort(): void {
    this.isOpen = false
    this.events = undefined
    const { other } = this
    if (other) this.network.across(this.host, other.host, () => other.break(0, 'the connection broke'))
  }

  /** The other end is gone. */
  break(code: number, reason: string): void {
    if (!this.isOpen) return
    this.isOpen = false
    const { events } = this
    this.events = undefined
    this.network.soon(this.host, () => events?.closed(code, reason))
  }

  /** Passes on what has waited its time; a cut stalls everything. */
  private move(): void {
    if (this.isMoving || !this.isOpen) return
    const [first] = this.outgoing
    if (!first) return this.finish()
    this.isMoving = true
    const { clock } = this.network
    clock.at(first.at, () => {
      if (!this.isOpen || !this.other) return
      // What is sent meanwhile waits for the same retry.
      if (this.network.faults.isCut(this.host, this.other.host)) return this.stall()
      this.isMoving = false
      this.outgoing.shift()
      this.inQueue -= first.bytes.length
      this.other.arrive(first.bytes)
      this.report()
      this.move()
    })
  }

  protected stall(): void {
    this.retry(this.network.clock.now, FIRST_RETRY)
  }

  private retry(since: Milliseconds, pause: Milliseconds): void {
    const { clock, faults } = this.network
    const look = () => {
      if (!this.isOpen || !this.other) return
      if (!faults.isCut(this.host, this.other.host)) return this.goOn()
      if (clock.now - since < STALLED_SOCKET_DIES_AFTER)
        return this.retry(since, Math.min(2 * pause, LONGEST_RETRY))
      return this.timeOut(0)
    }
    clock.after(pause, look)
  }

  protected goOn(): void {
    this.isMoving = false
    this.move()
  }

  protected timeOut(code: number): void {
    this.break(code, 'the connection timed out')
    this.other?.break(code, 'the connection timed out')
  }

  private finish(): void {
    const { closing, other } = this
    if (!closing || !other) return
    this.isOpen = false
    this.network.across(this.host, other.host, () => other.break(closing.code, closing.reason))
  }

  private arrive(bytes: Uint8Array): void {
    if (!this.isOpen || this.closing) return
    this.network.onArrival(this.host, bytes)
    this.network.soon(this.host, () => {
      if (this.events && this.isReady) this.deliver(bytes)
      else this.waiting.push(bytes)
    })
  }

  private deliver(bytes: Uint8Array): void {
    this.events?.message(bytes)
  }

  private report(): void {
    if (this.unreported < limits.channelLow || this.inQueue > limits.channelLow) return
    this.unreported = 0
    this.network.soon(this.host, () => this.events?.drained(this.inQueue))
  }
}

export class Network {
  private readonly servers = new Map<string, Server>()
  private readonly frozen = new Map<Host, (() => void)[]>()
  private readonly offers = new Map<string, RtcEnd>()
  private readonly pipes = new Set<Pipe>()
  private tokens = 0
  /** Hears of each message that comes to a host. */
  onArrival: (host: Host, bytes: Uint8Array) => void = () => {}

  constructor(
    readonly clock: Clock,
    readonly faults: Faults,
  ) {}

  /** Lets something happen at a host: not before it wakes. */
  soon(host: Host, action: () => void): void {
    const asleep = this.frozen.get(host)
    if (asleep) asleep.push(action)
    else action()
  }

  freeze(host: Host): void {
    if (!this.frozen.has(host)) this.frozen.set(host, [])
  }

  wake(host: Host): void {
    const waiting = this.frozen.get(host) ?? []
    this.frozen.delete(host)
    for (const action of waiting) this.soon(host, action)
  }

  /** Across the network: retried while it is cut, as TCP does. */
  across(from: Host, to: Host, action: () => void): void {
    this.clock.after(this.faults.delay(from, to), () => {
      if (this.faults.isCut(from, to)) this.clock.after(100, () => this.across(from, to, action))
      else action()
    })
  }

  serve(origin: string, server: Server): void {
    this.servers.set(origin, server)
  }

  close(origin: string): void {
    this.servers.delete(origin)
  }

  /** A WebSocket: opened at this end after a round trip, or broken. */
  dial(host: Host, url: string): Pipe {
    const near = new Pipe(this, host)
    const refuse = () => near.break(1006, 'connection refused')
    const address = addressOf(url)
    if (!address) {
      this.clock.after(0, refuse)
      return near
    }
    const { origin, pathname } = address
    const delay = () => this.faults.delay(host, this.servers.get(origin)?.host ?? host)
    this.clock.after(delay(), () => {
      const server = this.servers.get(origin)
      if (!server) return this.clock.after(delay(), refuse)
      this.across(host, server.host, () => {
        if (this.servers.get(origin) !== server || !near.isOpen) return refuse()
        const far = new Pipe(this, server.host)
        this.connect(near, far)
        server.accept(far, pathname.slice(1), host)
        this.across(server.host, host, () => near.isOpen && this.soon(host, () => near.opened()))
      })
    })
    return near
  }

  offer(host: Host): RtcEnd {
    return this.describe(new RtcEnd(this, host), 'offer')
  }

  answer(host: Host, sdp: string): RtcEnd {
    const end = new RtcEnd(this, host)
    const offerer = this.offers.get(sdp)
    if (!offerer) {
      this.clock.after(1, () => end.break(0, 'the description makes no sense'))
      return end
    }
    end.partner = offerer
    return this.describe(end, 'answer')
  }

  /** The offerer has the answer: both ends open after a round trip, if they can reach each other. */
  settle(offerer: RtcEnd, sdp: string): void {
    const answerer = this.offers.get(sdp)
    if (!answerer || answerer.partner !== offerer) return
    this.connect(offerer, answerer)
    const { host } = offerer
    const fail = () => {
      offerer.break(0, 'ICE failed')
      answerer.break(0, 'ICE failed')
    }
    const { faults } = this
    const isApart = faults.isCut(host, answerer.host) || faults.isCut(answerer.host, host)
    if (isApart || faults.isForbidden(host, answerer.host)) {
      this.clock.after(ICE_FAILS_AFTER, fail)
      return
    }
    for (const end of [offerer, answerer])
      this.clock.after(
        2 * faults.delay(host, answerer.host),
        () => end.isOpen && this.soon(end.host, () => end.opened()),
      )
  }

  private describe(end: RtcEnd, kind: string): RtcEnd {
    const sdp = `${kind} ${++this.tokens}`
    this.offers.set(sdp, end)
    const delay = this.faults.delay(end.host, end.host)
    this.clock.after(delay, () => end.isOpen && this.soon(end.host, () => end.described?.(sdp)))
    return end
  }

  /** Breaks what is open between these hosts at this moment, as a middlebox does that forgets a connection. */
  breakPipes(a: Host, b: Host): void {
    for (const pipe of this.open(a, b)) {
      pipe.break(0, 'the connection broke')
      pipe.other?.break(0, 'the connection broke')
    }
  }

  /** The ends at `a` of what is open between these hosts, not only being tried. */
  open(a: Host, b: Host): Pipe[] {
    return [...this.pipes].filter(
      (pipe) => pipe.isOpen && pipe.isReady && pipe.host === a && pipe.other?.host === b,
    )
  }

  private connect(a: Pipe, b: Pipe): void {
    a.other = b
    b.other = a
    for (const pipe of this.pipes) if (!pipe.isOpen) this.pipes.delete(pipe)
    if (a.isOpen && b.isOpen) {
      this.pipes.add(a).add(b)
      return
    }
    a.break(0, 'the other end is gone')
    b.break(0, 'the other end is gone')
  }
}

/** One end of a data channel that may not be open yet. */
export class RtcEnd extends Pipe {
  partner: RtcEnd | undefined
  override isReady = false
  described: ((sdp: string) => void) | undefined

  /** Its checks of the path tell within 100 ms that it is there again. */
  protected override stall(): void {
    const { clock, faults } = this.network
    const since = clock.now
    const look = () => {
      if (!this.isOpen || !this.other) return
      if (!faults.isCut(this.host, this.other.host)) return this.goOn()
      if (clock.now - since < STALLED_CHANNEL_DIES_AFTER) clock.after(100, look)
      else this.timeOut(NO_ANSWER)
    }
    look()
  }
}

/** Of a plain WebSocket URL. */
function addressOf(url: string): URL | undefined {
  if (!/^wss?:\/\//.test(url) || !URL.canParse(url)) return undefined
  const address = new URL(url.replace(/^ws/, 'http'))
  return address.username === '' && address.password === '' ? address : undefined
}
