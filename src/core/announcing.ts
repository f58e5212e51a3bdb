// Tells the neighbours who my neighbours are, and passes on what others tell. Held by mesh.ts.
// Whole lists, not deltas: a list of 50 ids is 200 bytes, and the highest version alone always says the truth.
// Told at once is what somebody may not hear of otherwise; the rest waits, and most of it need not be told then.
import type { MemberId, Milliseconds } from './contract.js'
import type { Graph } from './graph.js'
import * as limits from './limits.js'
import type { Link, PeerName } from './link.js'
import type { LinkContext, Links } from './links.js'
import { add, type Multimap } from './multimap.js'
import type { Paths } from './paths.js'
import { type Announcement, encodeFrame } from './wire.js'

/** Bytes of announcements in one frame; each takes some 40 and 4 per neighbour. */
const FRAME = limits.frame / 2

/** What is to be told to whom. */
type Missing = Multimap<Link, Announcement>

export class Announcing {
  private version = 0
  /** What I say of myself, until my neighbours change, and who was told that. */
  private mine: Announcement | undefined
  private readonly told = new Set<Link>()
  /** When the others are told. */
  private dueAt: Milliseconds = Infinity
  /** News of others to pass on, and the link that they came from. */
  private readonly news = new Map<MemberId, Link>()
  /** Of these nobody told before. */
  private readonly newcomers = new Set<MemberId>()
  /** Of whom a neighbour was not told, as others tell it. */
  private readonly withheld: Multimap<Link, MemberId> = new Map()
  /** When all of that is told that is still missing. */
  private restAt: Milliseconds = Infinity
  /** Some news may have made other paths. */
  private isNewsFresh = false
  private sentAt: Milliseconds = -Infinity
  private askedFor: Milliseconds | undefined

  constructor(
    private readonly context: LinkContext,
    private readonly links: Links,
    private readonly graph: Graph,
    private readonly paths: Paths,
    private readonly askFor: (at: Milliseconds) => void,
  ) {}

  /** A link is gone. Who says goodbye says it to everyone. */
  lost(isGoodbye: boolean): void {
    this.changed(this.context.now + (isGoodbye ? limits.announceAnyway : 0))
  }

  /**
   * A link came up: its other end is told what it has not heard yet. The others are told later, as they link with a newcomer
   * themselves, and soon if this is the only way to it that they can know of.
   */
  welcome(link: Link, peer: PeerName): void {
    const isOnlyWay = !this.graph.isLinked(peer.id)
    this.changed(this.context.now + (isOnlyWay ? limits.announceLinks : limits.announceAnyway))
    const table = [this.own()]
    for (const member of this.graph.all)
      if (this.graph.isHeardBy(peer, member.id)) add(this.withheld, link, member.id)
      else table.push(member)
    this.tell(link, framesOf(table))
    this.told.add(link)
    this.schedule()
  }

  /** What a neighbour told. True if members are new to me. `isLive`: in touch with us. */
  heard(link: Link, members: readonly Announcement[], isLive: (member: Announcement) => boolean): boolean {
    let isAnyoneNew = false
    for (const member of members) {
      const known = this.graph.get(member.id)
      if (!this.graph.update(member, this.context.now, known !== undefined && isLive(known))) continue
      this.news.set(member.id, link)
      this.isNewsFresh = true
      if (known?.incarnation === member.incarnation) continue
      this.newcomers.add(member.id)
      isAnyoneNew = true
    }
    this.schedule()
    return isAnyoneNew
  }

  /** Tells the neighbours what is new. True if others told it: there may be other paths now. */
  flush(): boolean {
    const { now } = this.context
    this.askedFor = undefined
    this.sentAt = now
    if (this.dueAt <= now) this.tellOwn()
    if (this.restAt <= now) this.tellRest()
    else if (this.newcomers.size > 0) this.tellNewcomers()
    const isNewsFresh = this.isNewsFresh
    this.isNewsFresh = false
    this.schedule()
    return isNewsFresh
  }

  private tellOwn(): void {
    const frames = framesOf([this.own()])
    for (const link of this.links.neighbors.values()) if (!this.told.has(link)) this.tell(link, frames)
    this.dueAt = Infinity
  }

  /** To those whom the teller does not tell. */
  private tellNewcomers(): void {
    const missing: Missing = new Map()
    for (const origin of this.newcomers) {
      const teller = this.news.get(origin)
      const told = teller?.peer && this.graph.neighborsOf(teller.peer.id)
      this.find(missing, origin, (id, link) => {
        if (link !== teller && told?.has(id)) add(this.withheld, link, origin)
        return link !== teller && !told?.has(id)
      })
      this.news.delete(origin)
    }
    this.newcomers.clear()
    this.tellMissing(missing)
  }

  private tellRest(): void {
    const missing: Missing = new Map()
    for (const [origin, teller] of this.news) this.find(missing, origin, (_, link) => link !== teller)
    for (const [to, origins] of this.withheld)
      for (const origin of origins)
        if (!this.news.has(origin)) this.find(missing, origin, (_, link) => link === to)
    this.news.clear()
    this.newcomers.clear()
    this.withheld.clear()
    this.restAt = Infinity
    this.tellMissing(missing)
  }

  /** Who of my neighbours is to hear what this member says. Its own neighbours it tells itself. */
  private find(missing: Missing, origin: MemberId, isMeant: (id: MemberId, link: Link) => boolean): void {
    const told = this.graph.neighborsOf(origin)
    const said = this.graph.get(origin)
    if (!told || !said) return
    for (const [id, link] of this.links.neighbors) {
      if (told.has(id) || id === origin || !isMeant(id, link)) continue
      add(missing, link, said)
    }
  }

  private tellMissing(missing: Missing): void {
    for (const [link, members] of missing) this.tell(link, framesOf(members))
  }

  /** My neighbours changed: all of them are told by then. */
  private changed(by: Milliseconds): void {
    this.mine = undefined
    this.told.clear()
    this.dueAt = Math.min(this.dueAt, by)
    this.schedule()
  }

  private own(): Announcement {
    const { me, url, capabilities } = this.context
    this.mine ??= {
      id: me.id,
      incarnation: me.incarnation,
      version: ++this.version,
      neighbors: [...this.links.neighbors.keys()],
      url,
      rtc: capabilities.rtc,
    }
    return this.mine
  }

  /** As much time passes between two announcements as they are costly: one goes to each neighbour. */
  private get window(): Milliseconds {
    return Math.max(limits.announceWindow, limits.announceCost * this.links.neighbors.size)
  }

  /**
   * At once if the last time is long enough ago, so that a single join is known without delay. Most of the rest goes out of date
   * until it is told: while a group comes together its members list more neighbours with every moment, and tell those themselves.
   */
  private schedule(): void {
    if (this.news.size + this.withheld.size > 0)
      this.restAt = Math.min(this.restAt, this.context.now + limits.restWindows * this.window)
    const next = this.sentAt + this.window
    const isSoon = this.newcomers.size > 0 || this.isNewsFresh
    const at = Math.max(this.context.now, next, isSoon ? 0 : Math.min(this.dueAt, this.restAt))
    if (at === Infinity || (this.askedFor !== undefined && this.askedFor <= at)) return
    this.askedFor = at
    this.askFor(at)
  }

  private tell(link: Link, frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.paths.put(link, frame)
  }
}

/** Encoded: what is the same for all neighbours is made once. */
function framesOf(members: readonly Announcement[]): readonly Uint8Array[] {
  const frames: Uint8Array[] = []
  let batch: Announcement[] = []
  let size = 0
  for (const member of members) {
    batch.push(member)
    size += 40 + member.url.length + 4 * member.neighbors.length
    if (size < FRAME) continue
    frames.push(encodeFrame({ type: 'announcements', members: batch }))
    batch = []
    size = 0
  }
  if (batch.length > 0) frames.push(encodeFrame({ type: 'announcements', members: batch }))
  return frames
}
