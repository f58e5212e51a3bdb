// Which way a frame goes: straight to a neighbour, or through one. Held by mesh.ts, used by traffic, liveness and dialing.
// A relay passes frames on and may drop them when its queue is long; the two ends repair that.
import type { MemberId } from './contract.js'
import type { Graph } from './graph.js'
import * as limits from './limits.js'
import type { Link } from './link.js'
import type { LinkContext, Links } from './links.js'
import { encodeFrame, type Envelope, type Frame } from './wire.js'

export class Paths {
  private hops: ReadonlyMap<MemberId, MemberId> = new Map()
  private isStale = true
  /** Where the frames of a member came from of whom no announcement is known yet, or any more. */
  private readonly learned = new Map<MemberId, Link>()

  constructor(
    private readonly context: LinkContext,
    private readonly links: Links,
    private readonly graph: Graph,
  ) {}

  /** Links or announcements changed. */
  invalidate(): void {
    this.isStale = true
  }

  /** Announcements changed. True if some path did. */
  review(): boolean {
    const before = this.table()
    this.isStale = true
    const after = this.table()
    if (before.size !== after.size) return true
    for (const [id, hop] of after) if (before.get(id) !== hop) return true
    return false
  }

  /** Everyone to whom there is a path, me not included. */
  get reachable(): Iterable<MemberId> {
    return this.table().keys()
  }

  reaches(id: MemberId): boolean {
    return this.table().has(id)
  }

  /** The link that leads to this member. */
  linkTo(id: MemberId): Link | undefined {
    const hop = this.table().get(id)
    return hop === undefined ? undefined : this.links.to(hop)
  }

  isDirect(id: MemberId): boolean {
    return this.table().get(id) === id
  }

  /** A frame of this member came over this link: without a better path, answers go back there. */
  learn(from: MemberId, link: Link): void {
    if (this.learned.get(from) === link) return
    this.learned.delete(from)
    this.learned.set(from, link)
    const [oldest] = this.learned.keys()
    if (this.learned.size > limits.members && oldest !== undefined) this.learned.delete(oldest)
  }

  /** Sends a frame to a member. False if there is no way. */
  send(to: MemberId, frame: Frame, ...payload: Uint8Array[]): boolean {
    const link = this.wayTo(to)
    if (!link) return false
    this.sendOver(link, to, frame, ...payload)
    return true
  }

  /** The same over a given first link. */
  sendOver(link: Link, to: MemberId, frame: Frame, ...payload: Uint8Array[]): void {
    const isDirect = link.peer?.id === to
    const route = isDirect ? undefined : { from: this.context.me.id, to, hops: 0 }
    this.put(link, encodeFrame(frame, route, ...payload))
  }

  /** Someone else's frame passes through me. */
  forward({ from, to, hops, frame, payload }: Envelope, cameFrom: Link): void {
    const link = this.wayTo(to)
    if (!link || link === cameFrom || hops >= limits.hops || link.queued > limits.relayQueue) return
    this.put(link, encodeFrame(frame, { from, to, hops: hops + 1 }, payload))
  }

  /** A first link to this member other than its own one. */
  detour(id: MemberId): Link | undefined {
    const others = [...this.links.neighbors.keys()].filter((neighbor) => neighbor !== id)
    const hop = this.graph.routes(others, []).get(id)
    return hop === undefined ? undefined : this.links.to(hop)
  }

  private wayTo(id: MemberId): Link | undefined {
    const link = this.linkTo(id) ?? this.learned.get(id)
    return link && this.links.get(link.channel) === link ? link : undefined
  }

  /** An encoded frame for the other end of this link. */
  put(link: Link, bytes: Uint8Array): void {
    link.queued += bytes.length
    this.context.out({ do: 'send', channel: link.channel, bytes })
  }

  private table(): ReadonlyMap<MemberId, MemberId> {
    if (this.isStale) {
      this.isStale = false
      const usable: MemberId[] = []
      const suspended: MemberId[] = []
      for (const [id, link] of this.links.neighbors) (link.suspended ? suspended : usable).push(id)
      this.hops = this.graph.routes(usable, suspended)
    }
    return this.hops
  }
}
