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
  /** With whom it claims to be connected, itself among them: so all of a full mesh claim the same, and have one list. Those
   *  who are present are in it themselves, as occupants. Empty: it has claimed nothing yet. */
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
  /** Undefined: to be made again, when somebody asks. */
  private table: ClaimTable | undefined

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
    this.hasChanged()
  }

  leave(occupant: Who): void {
    this.occupants.delete(occupant.id)
    this.replace(occupant, { id: occupant.id, incarnation: occupant.incarnation })
    this.hasChanged()
  }

  /** From now on it claims exactly these. */
  claim(occupant: Who, members: readonly Peer[]): void {
    const claimed = new Map(members.map((peer) => [peer.id, peer]))
    claimed.set(occupant.id, occupant)
    const claims = Array.from(claimed.values(), (peer) => this.find(peer) ?? peer).sort((a, b) => a.id - b.id)
    if (isSame(occupant.claims, claims)) return
    occupant.claims = this.shared(claims)
    this.hasChanged()
  }

  /** The list of somebody who claims the same, or this one. */
  private shared(claims: readonly Peer[]): readonly Peer[] {
    for (const other of claims)
      if (other instanceof Occupant && isSame(other.claims, claims)) return other.claims
    // An array that has grown keeps room for more.
    return claims.slice()
  }

  of(occupant: Occupant): Component {
    this.list()
    return occupant.component
  }

  list(): readonly Component[] {
    this.found ??= this.search()
    return this.found
  }

  claimersOf(occupant: Occupant): readonly Occupant[] {
    return this.tabulate().claimersOf(occupant)
  }

  /** Called now and then: the table takes more memory than the claims themselves. */
  rest(): void {
    this.table = undefined
  }

  private tabulate(): ClaimTable {
    this.table ??= new ClaimTable([...this.occupants.values()])
    return this.table
  }

  private hasChanged(): void {
    this.found = undefined
    this.table = undefined
  }

  /** In the claims of all: whoever comes and goes stands there as an occupant, or not any more. */
  private replace(peer: Peer, by: Peer): void {
    const replaced = new Map<readonly Peer[], readonly Peer[]>()
    for (const other of this.occupants.values()) {
      const { claims } = other
      if (!claims.some((claimed) => areSame(claimed, peer))) continue
      const anew = replaced.get(claims) ?? claims.map((claimed) => (areSame(claimed, peer) ? by : claimed))
      replaced.set(claims, anew)
      other.claims = anew
    }
  }

  private search(): readonly Component[] {
    const seen = new Set<Occupant>()
    const found: Component[] = []
    for (const first of this.occupants.values()) if (!seen.has(first)) found.push(this.reach(first, seen))
    return found.slice()
  }

  /** Breadth first, over those who claim each other. */
  private reach(first: Occupant, seen: Set<Occupant>): Component {
    const reached = [first]
    seen.add(first)
    for (const occupant of reached) {
      const connected = this.tabulate().connectedWith(occupant)
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
}

/** Who of a room claims whom. A room has at most limits.members, so it takes at most 64 KiB. */
class ClaimTable {
  private readonly places = new Map<Peer, number>()
  /** A row for each, with what it claims. */
  private readonly isClaimed: Uint8Array

  constructor(private readonly all: readonly Occupant[]) {
    all.forEach((occupant, place) => this.places.set(occupant, place))
    this.isClaimed = new Uint8Array(all.length * all.length)
    all.forEach(({ claims }, row) => {
      for (const claimed of claims) {
        const place = this.places.get(claimed)
        if (place !== undefined) this.isClaimed[row * all.length + place] = 1
      }
    })
  }

  /** In the order of their arrival; itself, if it claims anything. */
  claimersOf(occupant: Occupant): readonly Occupant[] {
    const { all, isClaimed } = this
    const place = this.places.get(occupant) ?? NaN
    return all.filter((_, row) => isClaimed[row * all.length + place] === 1)
  }

  /** Those of them whom it claims, too: a liar fools nobody. */
  connectedWith(occupant: Occupant): readonly Occupant[] {
    const { all, isClaimed } = this
    const own = (this.places.get(occupant) ?? NaN) * all.length
    return this.claimersOf(occupant).filter((other) => isClaimed[own + (this.places.get(other) ?? NaN)] === 1)
  }
}

const areSame = (a: Peer, b: Peer): boolean => a.id === b.id && a.incarnation === b.incarnation

const isSame = (before: readonly Peer[], now: readonly Peer[]): boolean =>
  before.length === now.length && before.every((peer, i) => areSame(peer, now[i] ?? peer))
