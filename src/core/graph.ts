// What members say of their neighbours, and which paths follow from it. Pure data, held by paths.ts.
// An edge counts when both ends claim it; my own proven links count at once.
import type { Incarnation, MemberId, Milliseconds } from './contract.js'
import * as limits from './limits.js'
import type { PeerName } from './link.js'
import type { Announcement } from './wire.js'

interface Entry {
  announcement: Announcement
  readonly neighbors: Set<MemberId>
  /** Those of them who claim it too. Kept, as paths are looked for more often than they change. */
  readonly edges: Set<MemberId>
  /** When there was last a path to it. */
  reachedAt: Milliseconds
}

const newEntry = (announcement: Announcement): Entry => ({
  announcement,
  neighbors: new Set(),
  edges: new Set(),
  reachedAt: 0,
})

export class Graph {
  private readonly entries = new Map<MemberId, Entry>()
  /** Incarnations that said goodbye: what is still told of them is old. */
  private readonly departed = new Map<Incarnation, Milliseconds>()

  constructor(private readonly me: MemberId) {}

  get(id: MemberId): Announcement | undefined {
    return this.entries.get(id)?.announcement
  }

  get all(): readonly Announcement[] {
    return [...this.entries.values()].map((entry) => entry.announcement)
  }

  /** With whom it says to be linked. */
  neighborsOf(id: MemberId): ReadonlySet<MemberId> | undefined {
    return this.entries.get(id)?.neighbors
  }

  /** With somebody other than me, as both say. */
  isLinked(id: MemberId): boolean {
    return (this.entries.get(id)?.edges.size ?? 0) > 0
  }

  /** `listener` says that it is linked with this member or with a neighbour of it: it is told of it there. */
  isHeardBy(listener: PeerName, id: MemberId): boolean {
    const there = this.entries.get(listener.id)
    const neighbors = this.entries.get(id)?.neighbors
    if (!neighbors || there?.announcement.incarnation !== listener.incarnation) return false
    if (there.neighbors.has(id)) return true
    for (const other of there.neighbors) if (other !== this.me && neighbors.has(other)) return true
    return false
  }

  /** True if it is news. `isLive` tells whether the incarnation that we know of this id is in touch with us. */
  update(news: Announcement, now: Milliseconds, isLive: boolean): boolean {
    if (news.id === this.me || this.departed.has(news.incarnation)) return false
    const known = this.entries.get(news.id)
    if (known && known.announcement.incarnation === news.incarnation) {
      if (news.version <= known.announcement.version) return false
    } else if (known && isLive) return false // two members with one id: the one we know keeps it
    if (!known && this.entries.size >= limits.members) return false
    const entry = known ?? newEntry(news)
    this.entries.set(news.id, entry)
    this.change(entry, known ? entry.announcement.neighbors : [], news.neighbors)
    entry.announcement = news
    entry.reachedAt = now
    return true
  }

  /** Neighbours are told in the order in which they came: some are gone, the rest stays in order, new ones come last. */
  private change(entry: Entry, before: readonly MemberId[], after: readonly MemberId[]): void {
    const { neighbors, edges } = entry
    const { id } = entry.announcement
    let kept = 0
    for (const other of before) {
      if (other === after[kept]) {
        kept++
        continue
      }
      neighbors.delete(other)
      if (edges.delete(other)) this.entries.get(other)?.edges.delete(id)
    }
    for (const other of after.slice(kept)) {
      neighbors.add(other)
      const there = this.entries.get(other)
      if (!there?.neighbors.has(id)) continue
      edges.add(other)
      there.edges.add(id)
    }
  }

  private remove(id: MemberId): void {
    for (const other of this.entries.get(id)?.edges ?? []) this.entries.get(other)?.edges.delete(id)
    this.entries.delete(id)
  }

  depart(id: MemberId, incarnation: Incarnation, now: Milliseconds): void {
    this.departed.set(incarnation, now)
    const [oldest] = this.departed.keys()
    if (this.departed.size > 4 * limits.members && oldest !== undefined) this.departed.delete(oldest)
    if (this.entries.get(id)?.announcement.incarnation === incarnation) this.remove(id)
  }

  /** This incarnation said goodbye. */
  hasDeparted(incarnation: Incarnation): boolean {
    return this.departed.has(incarnation)
  }

  /** Drops those to whom there has been no path for long. */
  forget(now: Milliseconds, isReached: (id: MemberId) => boolean): void {
    for (const [id, entry] of this.entries) {
      if (isReached(id)) entry.reachedAt = now
      else if (now - entry.reachedAt > limits.forget) this.remove(id)
    }
    for (const [incarnation, at] of this.departed)
      if (now - at > limits.forget) this.departed.delete(incarnation)
  }

  /**
   * Who can be reached, and through which neighbour: breadth first, so by the fewest hops; of equals a bot, which stays
   * when people go. `neighbors` that are `avoided` are gone through only to those whom nobody else reaches.
   */
  routes(neighbors: readonly MemberId[], avoided: readonly MemberId[]): ReadonlyMap<MemberId, MemberId> {
    const hops = new Map<MemberId, MemberId>()
    for (const start of [this.botsFirst(neighbors), avoided]) {
      let frontier: readonly MemberId[] = start.filter((id) => !hops.has(id))
      for (const id of frontier) hops.set(id, id)
      while (frontier.length > 0) frontier = this.botsFirst(this.expand(frontier, hops))
    }
    return hops
  }

  /**
   * Those one hop beyond the frontier. Looked for from their side: in a group where nearly everyone is linked with
   * everyone few are left, and a frontier has nearly all edges.
   */
  private expand(frontier: readonly MemberId[], hops: Map<MemberId, MemberId>): MemberId[] {
    const next = new Map<MemberId, MemberId>()
    for (const [id, { edges }] of this.entries) {
      if (edges.size === 0 || hops.has(id)) continue
      const before = frontier.find((other) => edges.has(other))
      if (before !== undefined) next.set(id, hops.get(before) ?? before)
    }
    for (const [id, hop] of next) hops.set(id, hop)
    return [...next.keys()]
  }

  private botsFirst(ids: readonly MemberId[]): readonly MemberId[] {
    const bots = ids.filter((id) => this.get(id)?.url)
    return bots.length > 0 ? [...bots, ...ids.filter((id) => !bots.includes(id))] : ids
  }
}
