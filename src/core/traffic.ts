// The sessions of one life in a group: opening them, sending over them, taking what comes, until they end.
// Held by mesh.ts. Knows nothing of links but the first hop of a path and how full it is.
import type { Data, MemberId } from './contract.js'
import * as limits from './limits.js'
import type { PeerName } from './link.js'
import type { LinkContext } from './links.js'
import type { Reading } from './message.js'
import { Outbox } from './outbox.js'
import type { Paths } from './paths.js'
import { Session } from './session.js'
import type { Frame } from './wire.js'

/** Why a session ended. */
export type Ending =
  | 'goodbye' // the member left
  | 'silent' // it did not answer any more
  | 'reset' // it has lost this session: another one follows
  | 'stalled' // it took nothing for too long
  | 'garbage' // it sent what makes no sense

export type TrafficFact =
  | { readonly fact: 'opened'; readonly peer: PeerName }
  | { readonly fact: 'ended'; readonly peer: PeerName; readonly how: Ending }
  | { readonly fact: 'messages'; readonly id: MemberId; readonly data: readonly Data[] }
  | { readonly fact: 'room' }

export class Traffic {
  readonly sessions = new Map<MemberId, Session>()
  readonly outbox: Outbox
  /** Take nothing more: what arrived before JOINED fills its bound. */
  isRefusing = false
  private isAckAsked = false
  private isLeaving = false

  constructor(
    private readonly context: LinkContext,
    private readonly paths: Paths,
    private readonly maxMessageSize: number,
    private readonly askForAck: () => void,
    private readonly report: (fact: TrafficFact) => void,
  ) {
    this.outbox = new Outbox(context, paths, this.sessions, () => report({ fact: 'room' }))
  }

  /** In touch with this member. */
  isOpen(id: MemberId): boolean {
    return this.sessions.get(id)?.isOpen ?? false
  }

  isLive(peer: PeerName): boolean {
    const session = this.sessions.get(peer.id)
    return session !== undefined && session.isOpen && session.peer.incarnation === peer.incarnation
  }

  // ---- opening and ending

  /** There is a path to this member: have a session with it. */
  meet(peer: PeerName): void {
    const known = this.sessions.get(peer.id)
    if (known && (known.isOpen || known.peer.incarnation === peer.incarnation)) return
    if (known) this.forget(known)
    if (!this.isFull) this.sendOpen(this.create(peer))
  }

  /** What a hello to this member says, so that the two hellos open the session; 0: it is open, or there can be none. */
  tagFor(peer: PeerName): number {
    const known = this.sessions.get(peer.id)
    if (known) return known.peer.incarnation === peer.incarnation && !known.isOpen ? known.tag : 0
    if (this.isFull) return 0
    const session = this.create(peer)
    session.reopenAt = this.context.now + session.reopenPause
    return session.tag
  }

  /**
   * There is a link to this member, and these are the ends of our session that the hellos named, mine and its own. My hello
   * went before whatever I send now: so it knows my end when that arrives.
   */
  greeted(peer: PeerName, tag: number, theirTag: number): void {
    const session = this.sessions.get(peer.id)
    if (!session || session.isOpen || session.peer.incarnation !== peer.incarnation) return
    if (theirTag !== 0) session.remoteTag = theirTag
    if (theirTag !== 0 && tag === session.tag) this.open(session)
    else this.sendOpen(session)
  }

  /** One member could otherwise open sessions in the name of any number of others. */
  private get isFull(): boolean {
    return this.sessions.size >= limits.members
  }

  onOpen(from: MemberId, frame: Frame & { type: 'open' }): void {
    if (frame.peerIncarnation !== this.context.me.incarnation) return
    let session = this.sessions.get(from)
    if (session && session.peer.incarnation !== frame.incarnation) {
      if (session.isOpen) return // another member with the same id: the one we know keeps it
      this.forget(session)
      session = undefined
    }
    if (session?.isOpen && session.remoteTag !== frame.tag) {
      this.end(session, 'reset')
      session = undefined
    }
    if (!session && this.isFull) return
    session ??= this.create({ id: from, incarnation: frame.incarnation })
    session.remoteTag = frame.tag
    session.heard(this.context.now)
    const knowsMe = frame.peerTag === session.tag
    if (knowsMe && !session.isOpen) this.open(session)
    if (!knowsMe || !frame.isOpen) this.sendOpen(session)
  }

  onReset(from: MemberId, tag: number): void {
    const session = this.sessions.get(from)
    if (session?.isOpen && session.name === tag) this.end(session, 'reset')
  }

  /** Ends a session; the member leaves my view if it was in it. */
  end(session: Session, how: Ending): void {
    if (this.sessions.get(session.peer.id) !== session) return
    if (session.isOpen) this.outbox.seal()
    this.forget(session)
    if (session.isOpen) this.report({ fact: 'ended', peer: session.peer, how })
    this.outbox.checkRoom()
  }

  /** Says goodbye to everyone, after all that was sent before. */
  leave(): void {
    this.outbox.seal()
    this.isLeaving = true
    for (const session of this.sessions.values()) this.outbox.sayGoodbye(session)
    this.outbox.pumpAll()
  }

  /** Nobody needs anything more from me. */
  get isFinished(): boolean {
    for (const session of this.sessions.values())
      if (session.isOpen && session.hasUnacknowledged) return false
    return true
  }

  // ---- receiving

  onData(from: MemberId, frame: Frame & { type: 'data' }, payload: Uint8Array): void {
    const session = this.sessionOf(from, frame.tag)
    if (!session) return
    session.heard(this.context.now)
    if (!session.isOpen) this.open(session)
    this.acknowledged(session, frame.ack, frame.bulkAck)
    const stream = frame.bulk ? session.in.bulk : session.in.ordered
    if (frame.number > stream.expected) {
      if (!session.gap) this.sendAck(session, true)
      session.gap = true
    } else if (frame.number < stream.expected) this.oweAck(session, payload.length + 1)
    else if (!this.isRefusing) {
      session.gap = false
      stream.expected += 1
      this.oweAck(session, payload.length + 1)
      this.deliver(session, stream.unpacker.read(payload))
    }
  }

  /** The session that a frame belongs to. Whoever means one that is not there any more is told. */
  private sessionOf(from: MemberId, name: number): Session | undefined {
    const session = this.sessions.get(from)
    if (session?.name === name && name !== 0) return session
    this.paths.send(from, { type: 'reset', tag: name })
    return undefined
  }

  onAck(from: MemberId, frame: Frame & { type: 'ack' }): void {
    const session = this.sessionOf(from, frame.tag)
    if (!session) return
    session.heard(this.context.now)
    this.acknowledged(session, frame.ack, frame.bulkAck)
    if (frame.gap && this.context.now - session.rewoundAt > (session.rtt ?? limits.ackDelay)) {
      session.rewind(this.context.now)
      this.outbox.pumpAll()
    }
  }

  /** The delay is over: acknowledge what no packet has acknowledged meanwhile. */
  ackDue(): void {
    this.isAckAsked = false
    for (const session of this.sessions.values()) if (session.ackDue > 0) this.sendAck(session, false)
  }

  // ---- as time passes

  tick(isCutOff: boolean): void {
    const { now } = this.context
    for (const session of [...this.sessions.values()]) {
      if (!session.isOpen) this.reopen(session)
      // Who does not even answer is not slow: liveness.ts judges that.
      else if (!session.hasUnacknowledged || session.isSilent(now)) session.progressAt = now
      else if (now - session.progressAt > limits.stalled && !isCutOff) this.end(session, 'stalled')
      else this.resend(session)
    }
    this.outbox.checkRoom()
  }

  private reopen(session: Session): void {
    const { now } = this.context
    // The other end may have opened it already: its frames came by a path that I have not been told of yet.
    const isLost = !this.paths.reaches(session.peer.id) && now - session.heardAt >= limits.aloneDead
    if (isLost) this.forget(session)
    else if (session.reopenAt <= now) this.sendOpen(session)
  }

  /** A relay dropped something, or the other end could not take it. Not while it is silent: it may be stopped. */
  private resend(session: Session): void {
    const { now } = this.context
    const link = this.paths.linkTo(session.peer.id)
    if (!link || session.pingSince !== undefined || link.queued > limits.channelLow) return
    const since = Math.max(session.progressAt, session.rewoundAt)
    if (now - since < limits.resend + 4 * (session.rtt ?? 0)) return
    session.rewind(now)
    this.outbox.pump(link)
  }

  // ---- inside

  private create(peer: PeerName): Session {
    const tag = new DataView(this.context.random(4).slice().buffer).getUint32(0) || 1
    const session = new Session(peer, tag, this.context.now, this.maxMessageSize)
    this.sessions.set(peer.id, session)
    return session
  }

  private open(session: Session): void {
    this.outbox.seal()
    session.isOpen = true
    session.progressAt = this.context.now
    session.path = this.paths.linkTo(session.peer.id)?.channel ?? 0
    if (this.isLeaving) this.outbox.sayGoodbye(session)
    this.report({ fact: 'opened', peer: session.peer })
  }

  private forget(session: Session): void {
    this.sessions.delete(session.peer.id)
    this.outbox.release(session.out.ordered.abandon())
    this.outbox.release(session.out.bulk.abandon())
  }

  private sendOpen(session: Session): void {
    session.reopenAt = this.context.now + session.reopenPause
    session.reopenPause = Math.min(session.reopenPause * 2, limits.reopenMost)
    const { peer, tag, remoteTag: peerTag, isOpen } = session
    const { incarnation } = this.context.me
    const frame: Frame = {
      type: 'open',
      tag,
      peerTag,
      incarnation,
      peerIncarnation: peer.incarnation,
      isOpen,
    }
    this.paths.send(peer.id, frame)
  }

  private acknowledged(session: Session, ack: number, bulkAck: number): void {
    const released = session.acknowledge(ack, bulkAck, this.context.now)
    if (released.length === 0) return
    this.outbox.release(released)
    if (this.isLeaving) this.outbox.sayGoodbye(session)
    const link = this.paths.linkTo(session.peer.id)
    if (link) this.outbox.pump(link)
    this.outbox.checkRoom()
  }

  private oweAck(session: Session, bytes: number): void {
    session.ackDue += bytes
    if (session.ackDue >= limits.ackBytes) this.sendAck(session, false)
    else if (!this.isAckAsked) {
      this.isAckAsked = true
      this.askForAck()
    }
  }

  private sendAck(session: Session, gap: boolean): void {
    session.ackDue = 0
    const ack = session.in.ordered.expected
    this.paths.send(session.peer.id, {
      type: 'ack',
      tag: session.name,
      ack,
      bulkAck: session.in.bulk.expected,
      gap,
    })
  }

  private deliver(session: Session, reading: Reading | undefined): void {
    if (!reading) return this.end(session, 'garbage')
    const { messages, isGoodbye } = reading
    if (messages.length > 0) this.report({ fact: 'messages', id: session.peer.id, data: messages })
    if (!isGoodbye) return
    this.sendAck(session, false)
    this.end(session, 'goodbye')
  }
}
