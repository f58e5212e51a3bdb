// An ordered, acknowledged exchange of blocks with one member, over whatever path there is at the time.
// Held by traffic.ts, which decides when to send. A session never drops a block before it is acknowledged.
import type { Milliseconds } from './contract.js'
import * as limits from './limits.js'
import type { PeerName } from './link.js'
import { type Block, Unpacker } from './message.js'

/** Blocks on their way to one member, in order. Numbers count from 1. */
export class SendStream {
  /** Those before `head` are released: a view of a large message that stayed there would keep all of it in memory. */
  private blocks: (Block | undefined)[] = []
  private head = 0
  private first = 1
  private next = 1
  /** Above every number ever sent. */
  private highest = 1
  /** Bytes sent and not yet acknowledged. */
  inFlight = 0
  /** Bytes not yet acknowledged, sent or not. */
  queued = 0

  push(block: Block): void {
    block.holders += 1
    this.queued += block.size
    this.blocks.push(block)
  }

  /** The number that advance() would send. */
  get number(): number {
    return this.next
  }

  get hasUnacknowledged(): boolean {
    return this.head < this.blocks.length
  }

  get hasUnsent(): boolean {
    return this.head + this.next - this.first < this.blocks.length
  }

  /** What is to be sent next, if the window allows it. */
  peek(window: number): Block | undefined {
    const block = this.blocks[this.head + this.next - this.first]
    return block && (this.inFlight === 0 || this.inFlight + block.size <= window) ? block : undefined
  }

  advance(block: Block): void {
    this.next += 1
    this.highest = Math.max(this.highest, this.next)
    this.inFlight += block.size
  }

  /** The other side has everything below `upTo`. Returns what was released. */
  acknowledge(upTo: number): readonly Block[] {
    return upTo <= this.highest ? this.release(upTo - this.first) : []
  }

  /** Everything unacknowledged is sent again. */
  rewind(): void {
    this.next = this.first
    this.inFlight = 0
  }

  /** Gives up everything; returns it. */
  abandon(): readonly Block[] {
    return this.release(this.blocks.length - this.head)
  }

  private release(count: number): readonly Block[] {
    const released: Block[] = []
    for (let number = this.first; number < this.first + count; number++) {
      const block = this.blocks[this.head]
      if (!block) break
      block.holders -= 1
      this.queued -= block.size
      if (number < this.next) this.inFlight -= block.size
      this.blocks[this.head++] = undefined
      released.push(block)
    }
    this.first += released.length
    this.next = Math.max(this.next, this.first)
    if (this.head > 64 && this.head * 2 > this.blocks.length) {
      this.blocks = this.blocks.slice(this.head)
      this.head = 0
    }
    return released
  }
}

/** Blocks that come from one member. */
class ReceiveStream {
  expected = 1
  readonly unpacker: Unpacker

  constructor(maxMessageSize: number) {
    this.unpacker = new Unpacker(maxMessageSize)
  }
}

export interface StreamPair<Stream> {
  readonly ordered: Stream
  readonly bulk: Stream
}

export class Session {
  /** The other end's tag; 0 until it is known. */
  remoteTag = 0
  /** The other end knows my tag: data may flow. */
  isOpen = false
  readonly out: StreamPair<SendStream> = { ordered: new SendStream(), bulk: new SendStream() }
  readonly in: StreamPair<ReceiveStream>

  /** When an ordered message was last sent. */
  spokeAt: Milliseconds = -Infinity
  /** The channel of the first hop; blocks are sent again when it changes. */
  path = 0
  /** Received and not yet acknowledged. */
  ackDue = 0
  /** Something is missing, and the other end was told so. */
  gap = false
  /** When the other end last acknowledged something new, or there was nothing to acknowledge. */
  progressAt: Milliseconds
  /** When everything unacknowledged was last sent again. */
  rewoundAt: Milliseconds = 0
  /** Opening: when to try again, and the pause after that. */
  reopenAt: Milliseconds = 0
  reopenPause: Milliseconds = limits.reopen

  /** When anything was last heard from this member, and the first ping that was not answered since. */
  heardAt: Milliseconds
  pingSince: Milliseconds | undefined
  pingSentAt: Milliseconds = 0
  /** Since when: its transport closed, or Sigver says that its socket did. It is probed. */
  suspectSince: Milliseconds | undefined
  /** What speaks against it: its transport, or what Sigver says. */
  readonly signs = new Set<'closed' | 'hinted'>()
  /** Nothing follows any more from my side. */
  hasSaidGoodbye = false
  /** Last measured round trip. */
  rtt: Milliseconds | undefined

  constructor(
    readonly peer: PeerName,
    readonly tag: number,
    now: Milliseconds,
    maxMessageSize: number,
  ) {
    this.progressAt = now
    this.heardAt = now
    this.in = { ordered: new ReceiveStream(maxMessageSize), bulk: new ReceiveStream(maxMessageSize) }
  }

  /**
   * What its frames say that they belong to: both tags, as an end may have forgotten the other, whose older frames are still
   * on their way. 0 as long as one of them is not known.
   */
  get name(): number {
    return this.remoteTag === 0 ? 0 : (this.tag ^ this.remoteTag) >>> 0
  }

  get queued(): number {
    return this.out.ordered.queued + this.out.bulk.queued
  }

  /** It has not answered for some time. */
  isSilent(now: Milliseconds): boolean {
    return this.pingSince !== undefined && now - this.pingSince > limits.suspectLink
  }

  get hasUnacknowledged(): boolean {
    return this.out.ordered.hasUnacknowledged || this.out.bulk.hasUnacknowledged
  }

  get hasUnsent(): boolean {
    return this.out.ordered.hasUnsent || this.out.bulk.hasUnsent
  }

  heard(now: Milliseconds): void {
    this.heardAt = now
    this.pingSince = undefined
    this.suspectSince = undefined
    this.signs.clear()
  }

  /** Nothing that happened, or did not, up to now counts against the other end. */
  startAnew(now: Milliseconds): void {
    this.heard(now)
    this.progressAt = now
  }

  /** What the other end has. Returns the blocks that are needed no more. */
  acknowledge(ack: number, bulkAck: number, now: Milliseconds): readonly Block[] {
    const released = [...this.out.ordered.acknowledge(ack), ...this.out.bulk.acknowledge(bulkAck)]
    if (released.length > 0 || !this.hasUnacknowledged) this.progressAt = now
    return released
  }

  rewind(now: Milliseconds): void {
    this.out.ordered.rewind()
    this.out.bulk.rewind()
    this.rewoundAt = now
  }
}
