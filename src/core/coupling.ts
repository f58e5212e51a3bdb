// The states of the group and of its topology, and what a change of one of the three machines means for the others.
// Held by group.ts, which performs the actions; everything that happens here stands in tables.ts.
import type { Event } from './contract.js'
import { type SignalingState, TopologyState, WebGroupState } from './states.js'
import {
  type Action,
  type Cell,
  groupName,
  onMemberLeft,
  onOuterEvent,
  onSignalingChange,
  onTopologyChange,
  type OuterAction,
  type OuterEvent,
  signalingName,
  topologyName,
} from './tables.js'

/** What the tables may ask of the group. */
export type GroupAction = Exclude<Action, 'construct' | 'joining' | 'joined'>

/** What the coupling has to know of the group, and tells it. */
export interface CoupledGroup {
  readonly rejoinEnabled: boolean
  readonly signalingState: SignalingState
  act(action: GroupAction): void
  tell(event: Event): void
}

export class Coupling {
  state = WebGroupState.LEFT
  topology = TopologyState.IDLE

  constructor(private readonly group: CoupledGroup) {}

  /** `connected`: Sigver says that this member is alone, or linked with everyone it knows. */
  signalingChanged(state: SignalingState, connected: boolean): void {
    this.perform(onSignalingChange[signalingName(state)][topologyName(this.topology)], connected)
  }

  /** A member that was linked directly left, and somebody else is still there. */
  memberLeft(): void {
    this.perform(onMemberLeft[signalingName(this.group.signalingState)][topologyName(this.topology)], false)
  }

  topologyChanges(state: TopologyState): void {
    if (!this.becomeTopology(state)) return
    this.perform(onTopologyChange[topologyName(state)][signalingName(this.group.signalingState)], false)
  }

  /** What the user, the page or the network did. */
  outer(event: OuterEvent): OuterAction {
    return onOuterEvent[event][groupName(this.state)]
  }

  /** A life begins or ends: the topology starts from IDLE, which is no event of it. */
  restart(state: WebGroupState): void {
    this.becomeTopology(TopologyState.IDLE)
    this.become(state)
  }

  private become(state: WebGroupState): void {
    if (state === this.state) return
    this.state = state
    this.group.tell({ type: 'state', state })
  }

  private becomeTopology(state: TopologyState): boolean {
    if (state === this.topology) return false
    this.topology = state
    this.group.tell({ type: 'topologyState', state })
    return true
  }

  private perform(cell: Cell, connected: boolean): void {
    if ('when' in cell) {
      const isTrue = cell.when === 'rejoinEnabled' ? this.group.rejoinEnabled : connected
      return this.perform(isTrue ? cell.then : cell.otherwise, connected)
    }
    for (const action of cell) this.act(action)
  }

  private act(action: Action): void {
    switch (action) {
      case 'construct':
        return this.topologyChanges(TopologyState.CONSTRUCTED)
      case 'joining':
        return this.become(WebGroupState.JOINING)
      case 'joined':
        return this.become(WebGroupState.JOINED)
      default:
        this.group.act(action)
    }
  }
}
