// Who is in one room and who is connected with whom there, as far as the peers claim it. Changed by rooms.ts, read by
// introductions.ts too. Sends nothing and never reads the time.
import type { ChannelId, Incarnation, MemberId, Milliseconds } from './contract.js'
import { type LazyMap, NOTHING } from './lazyMap.js'
import type { Peer } from './signalingWire.js'

/** A live peer of a room. There are thousands that say nothing for a long time: what they do not need takes no memory. */
export class Occupant implements Peer {
  readonly id: MemberId
  readonly incarnation: Incarnation

  // ---- kept by components.ts
  /** With whom it claims to be connected. Those of them who are present are in here themselves, as occupants. */
  claims: readonly Peer[] = NOBODY
  /** How many of these claim it, too. Both read through Components.of(). */
  confirmed = 0
  component: Component = []

  // ---- kept by rooms.ts
  /** The newest socket that announced it, which is the one addressed, and the older ones. */
  channel: ChannelId | undefined
  older: readonly ChannelId[] = NO_CHANNELS

  // ---- kept by introductions.ts
  /** Since when it waits for `connected`. */
  askedAt: Milliseconds | undefined
  /** Until then its claims are believed without a confirmation. */
  believedUntil: Milliseconds = 0
  /** Those under way, by the other one. */
  introductions: LazyMap<Occupant, Introduction> = NOTHING
  /** With whom it could not be connected, and until when nobody tries that again. */
  failed: LazyMap<Occupant, Milliseconds> = NOTHING

  constructor(
    { id, incarnation }: Peer,
    public isFavored: boolean,
  ) {
    this.id = id
    this.incarnation = incarnation
  }
}

const NOBODY: readonly Peer[] = []
const NO_CHANNELS: readonly ChannelId[] = []

/** Occupants who are connected, directly or through others of them. */
export type Component = readonly Occupant[]

/** Under way until both are connected, the initiator gives up, or it takes too long. One at a time between two components. */
export interface Introduction {
  readonly initiator: Occupant
  readonly target: Occupant
  readonly since: Milliseconds
  /** The target has sent the initiator something: they are negotiating. */
  isAnswered: boolean
}

export class Components<Who extends Occupant = Occupant> {
  private readonly occupants = new Map<MemberId, Who>()
  /** The one of the oldest occupant first. Undefined: to be found again. */
  private found: readonly Component[] | undefined

  get size(): number {
    return this.occupants.size
  }

  /** The live peer of this id, of whatever incarnation. */
  holder(id: MemberId): Who | undefined {
    return this.occupants.get(id)
  }

  /** The live peer of this id and incarnation. */
  find({ id, incarnation }: Peer): Who | undefined {
    const occupant = this.occupants.get(id)
    return occupant?.incarnation === incarnation ? occupant : undefined
  }

  all(): IterableIterator<Who> {
    return this.occupants.values()
  }

  arrive(occupant: Who): void {
    this.occupants.set(occupant.id, occupant)
    this.replace(occupant, occupant)
    this.found = undefined
  }

  leave(occupant: Who): void {
    this.occupants.delete(occupant.id)
    this.replace(occupant, { id: occupant.id, incarnation: occupant.incarnation })
    this.found = undefined
  }

  /** From now on it claims exactly these. */
  claim(occupant: Who, members: readonly Peer[]): void {
    const claimed = new Map(members.map((peer) => [peer.id, peer]))
    claimed.delete(occupant.id)
    const claims = Array.from(claimed.values(), (peer) => this.find(peer) ?? peer)
    if (isSame(occupant.claims, claims)) return
    // An array that has grown keeps room for more.
    occupant.claims = claims.slice()
    this.found = undefined
  }

  of(occupant: Occupant): Component {
    this.list()
    return occupant.component
  }

  list(): readonly Component[] {
    this.found ??= this.search()
    return this.found
  }

  /** In the claims of all: whoever comes and goes stands there as an occupant, or not any more. */
  private replace(peer: Peer, by: Peer): void {
    for (const other of this.occupants.values()) {
      if (other.claims.some((claimed) => areSame(claimed, peer)))
        other.claims = other.claims.map((claimed) => (areSame(claimed, peer) ? by : claimed))
    }
  }

  private search(): readonly Component[] {
    const claimers = claimersIn(this.occupants.values())
    const seen = new Set<Occupant>()
    const found: Component[] = []
    for (const first of this.occupants.values())
      if (!seen.has(first)) found.push(reach(first, claimers, seen))
    return found.slice()
  }
}

/** By whom each is claimed. For one look at a room: kept, it would take more memory than the claims. */
export type Claimers = ReadonlyMap<Peer, readonly Occupant[]>

export function claimersIn(occupants: Iterable<Occupant>): Claimers {
  const claimers = new Map<Peer, Occupant[]>()
  for (const occupant of occupants) {
    for (const claimed of occupant.claims) {
      const others = claimers.get(claimed)
      if (others) others.push(occupant)
      else claimers.set(claimed, [occupant])
    }
  }
  return claimers
}

/** A liar fools nobody. */
export const areConnected = (a: Occupant, b: Occupant): boolean =>
  a.claims.includes(b) && b.claims.includes(a)

const areSame = (a: Peer, b: Peer): boolean => a.id === b.id && a.incarnation === b.incarnation

const isSame = (before: readonly Peer[], now: readonly Peer[]): boolean =>
  before.length === now.length && before.every((peer, i) => areSame(peer, now[i] ?? peer))

/** Breadth first, over those who claim each other. */
function reach(first: Occupant, claimers: Claimers, seen: Set<Occupant>): Component {
  const reached = [first]
  seen.add(first)
  for (const occupant of reached) {
    const claims = new Set(occupant.claims)
    const connected = (claimers.get(occupant) ?? []).filter((other) => claims.has(other))
    occupant.confirmed = connected.length
    for (const other of connected) {
      if (seen.has(other)) continue
      seen.add(other)
      reached.push(other)
    }
  }
  const component = reached.slice()
  for (const occupant of component) occupant.component = component
  return component
}
