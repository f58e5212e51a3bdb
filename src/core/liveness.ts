// Who is still there? Pings to members who are quiet, and the verdict over those who stay silent. Held by mesh.ts.
// Silence counts from my first unanswered ping, never from the last word, and anew when I slept myself.
import type { MemberId, Milliseconds } from './contract.js'
import * as limits from './limits.js'
import type { Link } from './link.js'
import type { LinkContext, Links } from './links.js'
import type { Paths } from './paths.js'
import type { Session } from './session.js'
import type { Traffic } from './traffic.js'
import type { Frame } from './wire.js'

/** What Sigver's own connection tells about mine. */
export type Watch =
  | 'watching' // it answers, and would hint at a member whose socket closed
  | 'silent' // its socket is open, but it does not answer
  | 'away' // there is no connection

/** Sub-millisecond clocks: pings carry their time in tenths of a millisecond. */
const TENTHS = 10

export class Liveness {
  private tickedAt: Milliseconds | undefined
  private cutOff = false

  constructor(
    private readonly context: LinkContext,
    private readonly links: Links,
    private readonly paths: Paths,
    private readonly traffic: Traffic,
  ) {}

  /** Everyone is silent, and Sigver cannot tell: the fault is mine. */
  get isCutOff(): boolean {
    return this.cutOff
  }

  /** Nobody has answered yet: ask Sigver whether it is me. */
  get isAsking(): boolean {
    return this.isTrueOfAll(({ pingSince }) => pingSince !== undefined)
  }

  /** Nobody answers. */
  private get isAlone(): boolean {
    const since = this.context.now - limits.quietAlone
    return this.isTrueOfAll(({ pingSince }) => pingSince !== undefined && pingSince <= since)
  }

  /** The links that are avoided from now on. */
  tick(watch: Watch): readonly Link[] {
    if (this.hasSlept()) this.startAnew()
    for (const session of this.open) {
      this.watchOver(session, watch)
      // Users see it in link(). Not with the link itself: a join costs frames enough.
      if (session.rtt === undefined && session.pingSince === undefined) this.measure(session)
    }
    const avoided = [...this.links.neighbors.values()].filter((link) => this.watchLink(link, watch))
    this.judgeMyself(watch)
    for (const session of this.open) {
      if (this.isDead(session, watch)) this.traffic.end(session, 'silent')
    }
    return avoided
  }

  /** Its transport closed, or Sigver saw its socket close: find out now. */
  suspect(id: MemberId, sign: 'closed' | 'hinted'): void {
    const session = this.traffic.sessions.get(id)
    if (!session?.isOpen) return
    session.signs.add(sign)
    session.suspectSince ??= this.context.now
    // Whom Sigver hints at is asked with the next tick: its channel may close in this very moment, which a sender with
    // @roamhq/wrtc does not always survive (docs/decisions.md).
    if (sign === 'hinted' || session.pingSince !== undefined) return
    session.pingSince = this.context.now
    this.ping(session)
  }

  /** Does this link still lead anywhere? */
  doubt(link: Link): void {
    if (!link.peer) return
    link.isDoubted = true
    link.pingSince ??= this.context.now
    this.paths.sendOver(link, link.peer.id, this.pingOf(link.peer.id))
  }

  onPing(from: MemberId, { number, tag }: Frame & { type: 'ping' }, link: Link): void {
    const session = this.traffic.sessions.get(from)
    // It is in touch with somebody else: with who had my id before me.
    if (tag !== 0 && session?.name !== tag) return this.paths.sendOver(link, from, { type: 'reset', tag })
    session?.heard(this.context.now)
    // Answered where it came from: the answer shall tell about that path.
    this.paths.sendOver(link, from, { type: 'pong', number })
  }

  onPong(from: MemberId, number: number): void {
    const session = this.traffic.sessions.get(from)
    if (!session) return
    session.heard(this.context.now)
    const tenths = (this.stamp() - number) >>> 0
    if (tenths < 2 ** 31) session.rtt = tenths / TENTHS
  }

  private pingOf(id: MemberId): Frame {
    return { type: 'ping', number: this.stamp(), tag: this.traffic.sessions.get(id)?.name ?? 0 }
  }

  private get open(): Session[] {
    return [...this.traffic.sessions.values()].filter((session) => session.isOpen)
  }

  /** And there is someone. */
  private isTrueOfAll(isTrue: (session: Session) => boolean): boolean {
    let isAnyone = false
    for (const session of this.traffic.sessions.values()) {
      if (!session.isOpen) continue
      if (!isTrue(session)) return false
      isAnyone = true
    }
    return isAnyone
  }

  private hasSlept(): boolean {
    const { now } = this.context
    const slept = this.tickedAt !== undefined && now - this.tickedAt > limits.tick + limits.lateTick
    this.tickedAt = now
    return slept
  }

  private startAnew(): void {
    for (const session of this.open) session.startAnew(this.context.now)
    for (const link of this.links.neighbors.values()) link.pingSince = undefined
  }

  private watchOver(session: Session, watch: Watch): void {
    const { now } = this.context
    const isSuspect = session.suspectSince !== undefined
    const quiet = isSuspect ? 0 : watch === 'watching' ? limits.quiet : limits.quietAlone
    if (session.pingSince === undefined) {
      const isStuck = session.hasUnacknowledged && now - session.progressAt >= limits.quietAlone
      if (now - session.heardAt < (isStuck ? limits.quietAlone : quiet)) return
      session.pingSince = now
      this.ping(session)
    } else if (isSuspect || now - session.pingSentAt >= limits.quietAlone) this.ping(session)
  }

  private measure({ peer }: Session): void {
    this.paths.send(peer.id, this.pingOf(peer.id))
  }

  private ping(session: Session): void {
    const { now } = this.context
    const { id } = session.peer
    session.pingSentAt = now
    const own = this.links.to(id)
    if (own) own.pingSince ??= now
    this.paths.send(id, this.pingOf(id))
    const isLate = own && now - (own.pingSince ?? now) >= limits.quietAlone
    const detour = isLate ? this.paths.detour(id) : undefined
    if (detour) this.paths.sendOver(detour, id, this.pingOf(id))
  }

  /**
   * A link that stays silent is avoided, if its member answers elsewhere or Sigver could introduce us again: the network may
   * be well and only this connection dead, or asleep in TCP's backoff. True if that begins now. Given up while the member
   * answers elsewhere.
   */
  private watchLink(link: Link, watch: Watch): boolean {
    const { now } = this.context
    if (link.pingSince === undefined || !link.peer) return false
    const session = this.traffic.sessions.get(link.peer.id)
    const silence = now - link.pingSince
    const answersElsewhere = session !== undefined && session.heardAt > link.pingSince
    if (!link.suspended) {
      link.suspended = silence > limits.suspectLink && (answersElsewhere || watch === 'watching')
      return link.suspended
    }
    if (answersElsewhere && silence > 5 * limits.suspectLink)
      this.links.drop(link, 0, 'its member answers elsewhere')
    else this.paths.sendOver(link, link.peer.id, this.pingOf(link.peer.id))
    return false
  }

  /** Once everyone is silent and Sigver too, it stays so until anyone answers: nothing can be learned meanwhile. */
  private judgeMyself(watch: Watch): void {
    if (watch === 'watching' || !this.isAlone) {
      if (this.cutOff) this.startAnew()
      this.cutOff = false
    } else if (watch === 'silent' || this.open.length > 1) this.cutOff = true
  }

  private isDead({ pingSince, suspectSince, signs }: Session, watch: Watch): boolean {
    if (pingSince === undefined) return false
    const silence = this.context.now - pingSince
    if (this.cutOff) return silence >= limits.cutOff
    const patience = signs.size > 1 ? limits.suspectGone : limits.suspectDead
    const isSuspect = suspectSince !== undefined && this.context.now - suspectSince >= patience
    if (isSuspect && silence >= limits.suspectGone) return true
    return silence >= (watch === 'watching' ? limits.watchedDead : limits.aloneDead)
  }

  private stamp(): number {
    return Math.round(this.context.now * TENTHS) >>> 0
  }
}
