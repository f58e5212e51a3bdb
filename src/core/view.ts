// What a member sees of its group at this moment, read from the machines of one life. Used by group.ts and mesh.ts.
import type { MemberId, Milliseconds } from './contract.js'
import type { Graph } from './graph.js'
import type { PeerName } from './link.js'
import type { Links } from './links.js'
import type { Paths } from './paths.js'
import type { Traffic } from './traffic.js'

/** How a member is reached. */
export interface Reach {
  readonly kind: 'websocket' | 'datachannel' | 'relayed'
  /** Last measured round trip. */
  readonly rtt: Milliseconds | undefined
  /** Bytes that it has not acknowledged. */
  readonly queued: number
}

export class View {
  constructor(
    private readonly links: Links,
    private readonly graph: Graph,
    private readonly paths: Paths,
    private readonly traffic: Traffic,
  ) {}

  /** In touch with these, in the order in which they came. Without me. */
  get members(): readonly PeerName[] {
    return [...this.traffic.sessions.values()].flatMap(({ isOpen, peer }) => (isOpen ? [peer] : []))
  }

  /** Those of them to whom there is a path now that does not look dead: what Sigver is told. Others are only waited for. */
  get connected(): readonly PeerName[] {
    return this.members.filter(({ id }) => this.paths.linkTo(id)?.suspended === false)
  }

  get neighbors(): readonly MemberId[] {
    return [...this.links.neighbors.keys()].filter((id) => this.traffic.isOpen(id))
  }

  get isEmpty(): boolean {
    for (const { isOpen } of this.traffic.sessions.values()) if (isOpen) return false
    return true
  }

  /** Nobody, and no link to anybody. */
  get isAlone(): boolean {
    return this.isEmpty && this.links.neighbors.size === 0
  }

  /** I know my neighbours' neighbours, and am in touch with everyone who can be reached. */
  get isComplete(): boolean {
    for (const id of this.links.neighbors.keys()) if (!this.graph.get(id)) return false
    for (const id of this.paths.reachable) if (!this.traffic.isOpen(id)) return false
    return true
  }

  isLinked(peer: PeerName): boolean {
    const link = this.links.to(peer.id)
    return link?.peer?.incarnation === peer.incarnation && !link.suspended
  }

  reach(id: MemberId): Reach | undefined {
    const session = this.traffic.sessions.get(id)
    if (!session?.isOpen) return undefined
    const own = this.paths.isDirect(id) ? this.links.to(id) : undefined
    return { kind: own?.kind ?? 'relayed', rtt: session.rtt, queued: session.queued }
  }

  get hasRoom(): boolean {
    return this.traffic.outbox.hasRoom
  }

  /** Bytes that some member has not acknowledged, what is shared counted once. */
  get backlog(): number {
    return this.traffic.outbox.backlog
  }
}
