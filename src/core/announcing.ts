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
  private isMineNew = false
  /** News of others to pass on, and the link that they came from. */
  private readonly news = new Map<MemberId, Link>()
  private sentAt: Milliseconds = -Infinity
  private isAsked = false

  constructor(
    private readonly context: LinkContext,
    private readonly links: Links,
    private readonly graph: Graph,
    private readonly paths: Paths,
    private readonly askFor: (at: Milliseconds) => void,
  ) {}

  /** My neighbours changed. */
  changed(): void {
    this.isMineNew = true
    this.schedule()
  }

  /** A link came up: its other end is told everything, the others soon that it is there. */
  welcome(link: Link): void {
    this.isMineNew = true
    this.tell(link, [this.mine(), ...this.graph.all])
    this.schedule()
  }

  /** What a neighbour told. True if members are new to me. `isLive`: in touch with us. */
  heard(link: Link, members: readonly Announcement[], isLive: (member: Announcement) => boolean): boolean {
    let isAnyoneNew = false
    for (const member of members) {
      const known = this.graph.get(member.id)
      if (!this.graph.update(member, this.context.now, known !== undefined && isLive(known))) continue
      this.news.set(member.id, link)
      if (known?.incarnation !== member.incarnation) isAnyoneNew = true
    }
    if (this.news.size > 0) this.schedule()
    return isAnyoneNew
  }

  /** Tells the neighbours what is new. True if others told it: there may be other paths now. */
  flush(): boolean {
    this.isAsked = false
    this.sentAt = this.context.now
    const mine = this.isMineNew ? framesOf([this.mine()]) : []
    for (const [id, link] of this.links.neighbors) {
      for (const frame of mine) this.paths.put(link, frame)
      if (this.news.size > 0) this.tell(link, this.newsFor(id, link))
    }
    const isAnyNews = this.news.size > 0
    this.isMineNew = false
    this.news.clear()
    return isAnyNews
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

  private mine(): Announcement {
    const { me, url, capabilities } = this.context
    const neighbors = [...this.links.neighbors.keys()]
    return {
      id: me.id,
      incarnation: me.incarnation,
      version: ++this.version,
      neighbors,
      url,
      rtc: capabilities.rtc,
    }
  }

  /** At once if the last time is long enough ago, so that a single join is known without delay. */
  private schedule(): void {
    if (this.isAsked) return
    this.isAsked = true
    this.askFor(Math.max(this.context.now, this.sentAt + limits.announceWindow))
  }

  private tell(link: Link, members: readonly Announcement[]): void {
    for (const frame of framesOf(members)) this.paths.put(link, frame)
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
