// What leaves: packs what users send into blocks, queues them at the sessions, and fills the links up to their marks.
// Held by traffic.ts. A block is encoded once and shared by all its recipients.
import type { Data, MemberId } from './contract.js'
import * as limits from './limits.js'
import type { Link } from './link.js'
import type { LinkContext } from './links.js'
import { type Block, cut, goodbyeBlock, Packer, payloadOf } from './message.js'
import { add, type Multimap } from './multimap.js'
import type { Paths } from './paths.js'
import type { SendStream, Session } from './session.js'
import type { Frame } from './wire.js'

/** Who a packed block is for: everyone in touch, or one member. */
type Audience = MemberId | 'everyone'
type StreamName = 'ordered' | 'bulk'

interface Packing {
  readonly packer: Packer
  audience: Audience
}

export class Outbox {
  /** Bytes that some member has not acknowledged yet, shared blocks counted once. */
  backlog = 0
  private readonly packing: Record<StreamName, Packing> = {
    ordered: { packer: new Packer(), audience: 'everyone' },
    bulk: { packer: new Packer(), audience: 'everyone' },
  }
  private isTurnAsked = false
  private isRoomAwaited = false

  constructor(
    private readonly context: LinkContext,
    private readonly paths: Paths,
    private readonly sessions: ReadonlyMap<MemberId, Session>,
    private readonly reportRoom: () => void,
  ) {}

  send(data: Data, to: MemberId | undefined, ordered: boolean): void {
    const audience = to ?? 'everyone'
    if (!this.hasAudience(audience)) return
    const name: StreamName = ordered ? 'ordered' : 'bulk'
    const packing = this.packing[name]
    const isText = typeof data === 'string'
    const isSmall = data.length + 5 <= limits.block && !isText
    const payload = isSmall ? data : payloadOf(data)
    const isFull = !packing.packer.fits(payload)
    if (isFull || packing.audience !== audience) this.sealStream(name)
    packing.audience = audience
    if (payload.length + 5 > limits.block)
      for (const block of cut(payload, isText)) this.queue(block, audience, name)
    else {
      packing.packer.add(payload, isText)
      this.askForTurn()
    }
    // Not only at the end of the turn: the first blocks are on their way while a loop still sends.
    if (isFull) this.pumpAll()
  }

  /** The turn ended: what was packed goes out, unless it would only wait in longer queues. */
  turnEnded(): void {
    this.isTurnAsked = false
    this.pumpAll()
  }

  /** True while send() need not wait. After a false, the fact `room` follows. */
  get hasRoom(): boolean {
    if (this.backlog > limits.roomHigh) this.isRoomAwaited ||= this.isAnyoneBehind(limits.roomHigh)
    return !this.isRoomAwaited
  }

  /** This link has room again, or leads somewhere new. */
  pump(link: Link): void {
    const waiting: Session[] = []
    for (const session of this.sessions.values()) if (this.wayOut(session) === link) waiting.push(session)
    this.fill(link, waiting)
    if (this.sealAwaited()) this.pumpAll()
  }

  pumpAll(): void {
    this.fillAll()
    if (this.sealAwaited()) this.fillAll()
  }

  private fillAll(): void {
    const waiting: Multimap<Link, Session> = new Map()
    for (const session of this.sessions.values()) {
      const link = this.wayOut(session)
      if (link) add(waiting, link, session)
    }
    for (const [link, sessions] of waiting) this.fill(link, sessions)
  }

  /** Where what is not sent yet goes, if there is any and a path. Asked for every session at each turn: cheap where nothing waits. */
  private wayOut(session: Session): Link | undefined {
    return session.isOpen && session.hasUnsent ? this.paths.linkTo(session.peer.id) : undefined
  }

  /** One packet of each at a time, so that nobody waits for another's large message. */
  private fill(link: Link, waiting: readonly Session[]): void {
    let isAnySent = true
    while (isAnySent && link.queued < limits.channelHigh) {
      isAnySent = false
      for (const session of waiting) if (this.sendNext(session, link)) isAnySent = true
    }
  }

  /** Paths may have changed: what was on its way over an old one is sent again over the new one. */
  reroute(): void {
    for (const session of this.sessions.values()) {
      const path = this.paths.linkTo(session.peer.id)?.channel
      if (path === undefined || path === session.path) continue
      if (session.path !== 0) session.rewind(this.context.now)
      session.path = path
    }
    this.pumpAll()
  }

  private hasAudience(audience: Audience): boolean {
    if (audience !== 'everyone') return this.sessions.get(audience)?.isOpen ?? false
    for (const session of this.sessions.values()) if (session.isOpen) return true
    return false
  }

  private recipients(audience: Audience): Iterable<Session> {
    if (audience === 'everyone') return this.sessions.values()
    const session = this.sessions.get(audience)
    return session ? [session] : []
  }

  private askForTurn(): void {
    if (this.isTurnAsked) return
    this.isTurnAsked = true
    this.context.out({ do: 'turn' })
  }

  /** What is packed becomes a block: its audience is about to change. */
  seal(): void {
    this.sealStream('ordered')
    this.sealStream('bulk')
  }

  /**
   * What is packed becomes a block where someone has nothing else to be sent. While all have, it goes on growing: a slow
   * channel then carries a few large packets instead of many small ones. True if there is a block more.
   */
  private sealAwaited(): boolean {
    if (this.isTurnAsked) return false
    const isOrdered = this.sealIfAwaited('ordered')
    return this.sealIfAwaited('bulk') || isOrdered
  }

  private sealIfAwaited(name: StreamName): boolean {
    const { packer, audience } = this.packing[name]
    if (packer.isEmpty) return false
    let isAnyoneBusy = false
    for (const session of this.recipients(audience)) {
      if (!session.isOpen) continue
      isAnyoneBusy = session.out[name].hasUnsent
      if (!isAnyoneBusy) break
    }
    if (!isAnyoneBusy) this.sealStream(name)
    return !isAnyoneBusy
  }

  private sealStream(name: StreamName): void {
    const { packer, audience } = this.packing[name]
    if (!packer.isEmpty) this.queue(packer.take(), audience, name)
  }

  private queue(block: Block, audience: Audience, name: StreamName): void {
    for (const session of this.recipients(audience)) {
      if (!session.isOpen) continue
      // Only now it can begin to fall behind.
      if (!session.hasUnacknowledged) session.progressAt = this.context.now
      if (name === 'ordered') session.spokeAt = this.context.now
      session.out[name].push(block)
    }
    if (block.holders > 0) this.backlog += block.size
  }

  /** The last block of a session, after its unordered messages too: they may not be overtaken by it. */
  sayGoodbye(session: Session): void {
    if (!session.isOpen || session.hasSaidGoodbye || session.out.bulk.hasUnacknowledged) return
    session.hasSaidGoodbye = true
    const block = goodbyeBlock()
    session.out.ordered.push(block)
    this.backlog += block.size
  }

  /** One packet. Unordered messages keep the channel's queue short, so that ordered ones pass them quickly. */
  private sendNext(session: Session, link: Link): boolean {
    const window = windowOf(session, link)
    if (this.sendFrom(session, session.out.ordered, false, window, link)) return true
    const isTalking = this.context.now - session.spokeAt < limits.talk
    const bulkWindow = isTalking ? limits.besideWindow : window
    return (
      link.queued < limits.channelBulk && this.sendFrom(session, session.out.bulk, true, bulkWindow, link)
    )
  }

  private sendFrom(session: Session, stream: SendStream, bulk: boolean, window: number, link: Link): boolean {
    const block = stream.peek(window)
    if (!block) return false
    const ack = session.in.ordered.expected
    const bulkAck = session.in.bulk.expected
    const frame: Frame = { type: 'data', tag: session.name, bulk, number: stream.number, ack, bulkAck }
    stream.advance(block)
    session.ackDue = 0
    this.paths.sendOver(link, session.peer.id, frame, block.bytes, block.tail)
    return true
  }

  /** Sessions need these no more. */
  release(blocks: readonly Block[]): void {
    for (const block of blocks) if (block.holders === 0) this.backlog -= block.size
  }

  private isAnyoneBehind(bytes: number): boolean {
    for (const session of this.sessions.values())
      if (session.queued > bytes && this.context.now - session.progressAt < limits.slow) return true
    return false
  }

  /** Queues may have become short enough. */
  checkRoom(): void {
    if (!this.isRoomAwaited || this.isAnyoneBehind(limits.roomLow)) return
    this.isRoomAwaited = false
    this.reportRoom()
  }
}

/** Bytes that may be unacknowledged. */
function windowOf({ peer, rtt = 0 }: Session, link: Link): number {
  if (link.peer?.id !== peer.id) return limits.relayedWindow
  if (link.kind === 'websocket') return limits.directWindow
  return Math.min(limits.directWindow, Math.max(limits.channelWindow, rtt * limits.channelRate))
}
