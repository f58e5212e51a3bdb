// What members say of their neighbours, and which paths follow from it. Pure data, held by paths.ts.
// An edge counts when both ends claim it; my own proven links count at once.
import type { Incarnation, MemberId, Milliseconds } from './contract.js'
import { limits } from './limits.js'
import type { Announcement } from './wire.js'

interface Entry {
  readonly announcement: Announcement
  readonly neighbors: ReadonlySet<MemberId>
  /** When there was last a path to it. */
  reachedAt: Milliseconds
}

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

  /** True if it is news. `isLive` tells whether the incarnation that we know of this id is in touch with us. */
  update(news: Announcement, now: Milliseconds, isLive: boolean): boolean {
    if (news.id === this.me || this.departed.has(news.incarnation)) return false
    const known = this.entries.get(news.id)
    if (known && known.announcement.incarnation === news.incarnation) {
      if (news.version <= known.announcement.version) return false
    } else if (known && isLive) return false // two members with one id: the one we know keeps it
    if (!known && this.entries.size >= limits.members) return false
    this.entries.set(news.id, { announcement: news, neighbors: new Set(news.neighbors), reachedAt: now })
    return true
  }

  depart(id: MemberId, incarnation: Incarnation, now: Milliseconds): void {
    this.departed.set(incarnation, now)
    const [oldest] = this.departed.keys()
    if (this.departed.size > 4 * limits.members && oldest !== undefined) this.departed.delete(oldest)
    if (this.entries.get(id)?.announcement.incarnation === incarnation) this.entries.delete(id)
  }

  /** This incarnation said goodbye. */
  hasDeparted(incarnation: Incarnation): boolean {
    return this.departed.has(incarnation)
  }

  /** Drops what nobody has reached for long. */
  forget(now: Milliseconds): void {
    for (const [id, entry] of this.entries) if (now - entry.reachedAt > limits.forget) this.entries.delete(id)
    for (const [incarnation, at] of this.departed)
      if (now - at > limits.forget) this.departed.delete(incarnation)
  }

  /**
   * Who can be reached, and through which neighbour: breadth first, so by the fewest hops; of equals a bot, which stays
   * when people go. `neighbors` that are `avoided` are gone through only to those whom nobody else reaches.
   */
  routes(
    neighbors: readonly MemberId[],
    avoided: readonly MemberId[],
    now: Milliseconds,
  ): ReadonlyMap<MemberId, MemberId> {
    const hops = new Map<MemberId, MemberId>()
    for (const start of [this.botsFirst(neighbors), avoided]) {
      let frontier = start.filter((id) => !hops.has(id))
      for (const id of frontier) hops.set(id, id)
      while (frontier.length > 0 && this.lacks(hops)) frontier = this.botsFirst(this.expand(frontier, hops))
    }
    for (const id of hops.keys()) {
      const entry = this.entries.get(id)
      if (entry) entry.reachedAt = now
    }
    return hops
  }

  /** Where everyone is linked with everyone, nobody is left to look for beyond the neighbours. */
  private lacks(hops: ReadonlyMap<MemberId, MemberId>): boolean {
    for (const id of this.entries.keys()) if (!hops.has(id)) return true
    return false
  }

  private expand(frontier: readonly MemberId[], hops: Map<MemberId, MemberId>): MemberId[] {
    const next: MemberId[] = []
    for (const id of frontier) {
      for (const neighbor of this.entries.get(id)?.neighbors ?? []) {
        if (neighbor === this.me || hops.has(neighbor) || !this.entries.get(neighbor)?.neighbors.has(id))
          continue
        hops.set(neighbor, hops.get(id) ?? id)
        next.push(neighbor)
      }
    }
    return next
  }

  private botsFirst(ids: readonly MemberId[]): MemberId[] {
    const isBot = (id: MemberId) => (this.get(id)?.url ? 1 : 0)
    return [...ids].sort((a, b) => isBot(b) - isBot(a))
  }
}
