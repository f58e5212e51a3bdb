// Tells the neighbours who my neighbours are, and passes on what others tell. Held by mesh.ts.
// Whole lists, not deltas: a list of 50 ids is 200 bytes, and the highest version alone always says the truth.
import type { MemberId, Milliseconds } from './contract.js'
import type { Graph } from './graph.js'
import * as limits from './limits.js'
import type { Link } from './link.js'
import type { LinkContext, Links } from './links.js'
import type { Paths } from './paths.js'
import { type Announcement, encodeFrame } from './wire.js'

/** Bytes of announcements in one frame; each takes some 40 and 4 per neighbour. */
const FRAME = limits.frame / 2

export class Announcing {
  private version = 0
  /** What I say of myself, until my neighbours change, and who was told that. */
  private mine: Announcement | undefined
  private readonly told = new Set<Link>()
  /** When the others are told. */
  private dueAt: Milliseconds = Infinity
  /** News of others to pass on, and the link that they came from. */
  private readonly news = new Map<MemberId, Link>()
  /** Some of it may have made other paths. */
  private isNewsFresh = false
  /** Some of it tells of members that nobody told of before. */
  private isAnyoneNew = false
  private sentAt: Milliseconds = -Infinity
  private toldAt: Milliseconds = -Infinity
  private askedFor: Milliseconds | undefined

  constructor(
    private readonly context: LinkContext,
    private readonly links: Links,
    private readonly graph: Graph,
    private readonly paths: Paths,
    private readonly askFor: (at: Milliseconds) => void,
  ) {}

  /** My neighbours changed: the others are told by then. */
  changed(by: Milliseconds = this.context.now): void {
    this.mine = undefined
    this.told.clear()
    this.dueAt = Math.min(this.dueAt, by)
    this.schedule()
  }

  /** A link came up: its other end is told everything, the others later: most of them link with a newcomer themselves. */
  welcome(link: Link): void {
    this.changed(this.context.now + limits.announceLinks)
    this.tell(link, framesOf([this.own(), ...this.graph.all]))
    this.told.add(link)
  }

  /** What a neighbour told. True if members are new to me. `isLive`: in touch with us. */
  heard(link: Link, members: readonly Announcement[], isLive: (member: Announcement) => boolean): boolean {
    let isAnyoneNew = false
    for (const member of members) {
      const known = this.graph.get(member.id)
      if (!this.graph.update(member, this.context.now, known !== undefined && isLive(known))) continue
      this.news.set(member.id, link)
      this.isNewsFresh = true
      if (known?.incarnation !== member.incarnation) isAnyoneNew = true
    }
    this.isAnyoneNew ||= isAnyoneNew
    this.schedule()
    return isAnyoneNew
  }

  /** Tells the neighbours what is new. True if others told it: there may be other paths now. */
  flush(): boolean {
    const { now } = this.context
    this.askedFor = undefined
    this.sentAt = now
    if (this.dueAt <= now) {
      const frames = framesOf([this.own()])
      for (const link of this.links.neighbors.values()) if (!this.told.has(link)) this.tell(link, frames)
      this.dueAt = Infinity
    }
    if (this.isAnyoneNew || this.retellAt <= now) this.retell()
    const isNewsFresh = this.isNewsFresh
    this.isNewsFresh = false
    this.schedule()
    return isNewsFresh
  }

  private retell(): void {
    this.toldAt = this.context.now
    for (const [id, link] of this.links.neighbors) this.tell(link, framesOf(this.newsFor(id, link)))
    this.news.clear()
    this.isAnyoneNew = false
  }

  private newsFor(id: MemberId, link: Link): readonly Announcement[] {
    const news: Announcement[] = []
    for (const [origin, cameFrom] of this.news) {
      const told = this.graph.get(origin)
      // Its origin tells its own neighbours itself.
      if (told && cameFrom !== link && origin !== id && !told.neighbors.includes(id)) news.push(told)
    }
    return news
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
   * What others tell of members that are known already waits longer. Most of it goes out of date meanwhile: while a group
   * comes together its members list more neighbours with every moment, and tell those themselves.
   */
  private get retellAt(): Milliseconds {
    return this.toldAt + limits.retellWindows * this.window
  }

  /** At once if the last time is long enough ago, so that a single join is known without delay. */
  private schedule(): void {
    const next = this.sentAt + this.window
    const isSoon = this.isAnyoneNew || this.isNewsFresh
    const newsDueAt = isSoon ? next : this.news.size > 0 ? this.retellAt : Infinity
    const at = Math.max(this.context.now, Math.min(newsDueAt, Math.max(this.dueAt, next)))
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
