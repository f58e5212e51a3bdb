// Who is in one room and who is connected with whom there, as far as the peers claim it. Changed by rooms.ts, read by
// introductions.ts too. Sends nothing and never reads the time.
import type { ChannelId, Incarnation, MemberId, Milliseconds } from './contract.js'
import { LazyMap } from './lazyMap.js'
import type { Peer } from './signalingWire.js'

/** A live peer of a room. */
export class Occupant {
  /** All that it claims to be connected with, present or not. */
  claimed: ReadonlyMap<MemberId, Incarnation> = new Map()
  /** Those of them who are present, and who claims it. Two are connected when both claim it: a liar fools nobody. */
  readonly claims = new Set<Occupant>()
  readonly claimedBy = new Set<Occupant>()
  /** Read it through Components.of(). */
  component: Component = { occupants: [this] }

  // ---- kept by rooms.ts
  /** Sockets that announced it. The newest, which is the last, is the one addressed. */
  channels: readonly ChannelId[] = []

  // ---- kept by introductions.ts
  /** Since when it waits for `connected`. */
  askedAt: Milliseconds | undefined
  /** Until then its claims are believed without a confirmation. */
  believedUntil: Milliseconds = 0
  /** Those under way, by the other one. */
  readonly introductions = new LazyMap<Occupant, Introduction>()
  /** With whom it could not be connected, and until when nobody tries that again. */
  readonly failed = new LazyMap<Occupant, Milliseconds>()

  constructor(
    readonly peer: Peer,
    public isFavored: boolean,
  ) {}
}

/** Occupants who are connected, directly or through others of them. */
export interface Component {
  readonly occupants: readonly Occupant[]
}

/** Under way until both are connected, the initiator gives up, or it takes too long. One at a time between two components. */
export interface Introduction {
  readonly initiator: Occupant
  readonly target: Occupant
  readonly since: Milliseconds
  /** The target has sent the initiator something: they are negotiating. */
  isAnswered: boolean
}

export class Components {
  private readonly occupants = new Map<MemberId, Occupant>()
  /** The one of the oldest occupant first. Undefined: to be found again. */
  private found: readonly Component[] | undefined

  get size(): number {
    return this.occupants.size
  }

  /** The live peer of this id, of whatever incarnation. */
  holder(id: MemberId): Occupant | undefined {
    return this.occupants.get(id)
  }

  /** The live peer of this id and incarnation. */
  find({ id, incarnation }: Peer): Occupant | undefined {
    const occupant = this.occupants.get(id)
    return occupant?.peer.incarnation === incarnation ? occupant : undefined
  }

  all(): IterableIterator<Occupant> {
    return this.occupants.values()
  }

  arrive(occupant: Occupant): void {
    const { id, incarnation } = occupant.peer
    this.occupants.set(id, occupant)
    for (const other of this.occupants.values()) {
      if (other !== occupant && other.claimed.get(id) === incarnation) this.connect(other, occupant)
    }
    this.found = undefined
  }

  leave(occupant: Occupant): void {
    this.occupants.delete(occupant.peer.id)
    for (const other of occupant.claims) other.claimedBy.delete(occupant)
    for (const other of occupant.claimedBy) other.claims.delete(occupant)
    this.found = undefined
  }

  /** From now on it claims exactly these. */
  claim(occupant: Occupant, members: readonly Peer[]): void {
    const claimed = new Map(members.map(({ id, incarnation }) => [id, incarnation]))
    claimed.delete(occupant.peer.id)
    occupant.claimed = claimed
    for (const other of occupant.claims) {
      if (claimed.get(other.peer.id) !== other.peer.incarnation) this.disconnect(occupant, other)
    }
    for (const [id, incarnation] of claimed) {
      const other = this.find({ id, incarnation })
      if (other && !occupant.claims.has(other)) this.connect(occupant, other)
    }
  }

  of(occupant: Occupant): Component {
    this.list()
    return occupant.component
  }

  list(): readonly Component[] {
    this.found ??= [...this.search()]
    return this.found
  }

  private connect(claimer: Occupant, claimed: Occupant): void {
    claimer.claims.add(claimed)
    claimed.claimedBy.add(claimer)
    if (areConnected(claimer, claimed)) this.found = undefined
  }

  private disconnect(claimer: Occupant, claimed: Occupant): void {
    if (areConnected(claimer, claimed)) this.found = undefined
    claimer.claims.delete(claimed)
    claimed.claimedBy.delete(claimer)
  }

  private *search(): Iterable<Component> {
    const seen = new Set<Occupant>()
    for (const first of this.occupants.values()) {
      if (seen.has(first)) continue
      const occupants = reach(first, seen)
      const component = { occupants }
      for (const occupant of occupants) occupant.component = component
      yield component
    }
  }
}

export const areConnected = (a: Occupant, b: Occupant): boolean => a.claims.has(b) && b.claims.has(a)

/** Breadth first. */
function reach(first: Occupant, seen: Set<Occupant>): Occupant[] {
  const reached = [first]
  seen.add(first)
  for (const occupant of reached) {
    for (const other of occupant.claims) {
      if (seen.has(other) || !areConnected(occupant, other)) continue
      seen.add(other)
      reached.push(other)
    }
  }
  return reached
}
