// Faults of the group: how its machines are coupled, its lives, and its connection with Sigver.
import { faultsIn } from '../mutant.js'

export const groupFaults = [
  ...faultsIn('group.ts', [
    {
      id: 'group-tells-too-early',
      wrong: 'messages are told before JOINED',
      find: "if (this.state === WebGroupState.JOINED) return this.tell({ type: 'message', id, data })",
      replace: "return this.tell({ type: 'message', id, data })",
    },
    {
      id: 'group-hidden',
      wrong: 'a hidden page connects',
      find: 'if (this.isPresent) this.signaling.connect()',
      replace: 'this.signaling.connect()',
    },
    {
      id: 'group-id-taken',
      wrong: 'who is told that its id is taken keeps it',
      find: 'if (state === SignalingState.CLOSED && this.isIdTaken) return this.rejoin()',
      replace: '',
    },
    {
      id: 'group-leaves-untold',
      wrong: 'a new life does not tell that the members of the last are gone',
      find: "for (const id of this.toldMembers) this.tell({ type: 'memberLeave', id })",
      replace: '',
    },
    {
      id: 'group-constructs-for-ever',
      wrong: 'JOINED waits for members who cannot be reached',
      find: ' || this.now >= this.constructBy',
      replace: '',
    },
    {
      id: 'group-introduction-to-neighbors',
      wrong: 'an introduction to a neighbour begins a dial, one to anybody else does not',
      find: 'this.mesh?.view.isLinked(',
      replace: '!this.mesh?.view.isLinked(',
    },
    {
      id: 'group-failure-untold',
      wrong: 'Sigver is not told that an introduction failed',
      find: '    this.signaling?.unreachable(peer)\n',
      replace: '',
    },
    {
      id: 'group-comes-back',
      wrong: 'who left on purpose joins by itself',
      find: 'return this.isExpelled && this.rejoinEnabled',
      replace: 'return this.rejoinEnabled',
    },
    {
      id: 'group-backlog-unbounded',
      wrong: 'send() takes more than maxBacklog',
      find: 'this.mesh.view.backlog + size > this.options.maxBacklog',
      replace: 'false',
    },
    {
      id: 'group-unknown-id',
      wrong: 'sending to an id never seen is no misuse',
      find: 'to !== undefined && !this.mesh.hasMet(to)',
      replace: 'false',
    },
    {
      id: 'group-refused-again',
      wrong: 'a Sigver that refused for good is tried again',
      find: '        this.isRefused = true\n',
      replace: '',
    },
    {
      id: 'group-early-after-leave',
      wrong: 'an early message is told after the leave of its sender',
      find: '    this.early.drop(id)\n',
      replace: '',
    },
  ]),

  ...faultsIn(
    'coupling.ts',
    [
      {
        id: 'coupling-equal-state',
        wrong: 'an equal state is told again',
        find: '    if (state === this.state) return\n',
        replace: '',
      },
      {
        id: 'coupling-old-topology',
        wrong: 'a new life begins with the topology of the last',
        find: '    this.becomeTopology(TopologyState.IDLE)\n',
        replace: '',
      },
      {
        id: 'coupling-condition-ignored',
        wrong: 'conditions in the tables are taken for true',
        find: 'isTrue ? cell.then : cell.otherwise',
        replace: 'cell.then',
      },
    ],
    ['tables', 'group'],
  ),

  ...faultsIn('tables.ts', [
    {
      id: 'tables-no-recheck',
      wrong: 'JOINED is not followed by a check',
      find: "CHECKED: ['joined', 'check']",
      replace: "CHECKED: ['joined']",
    },
    {
      id: 'tables-no-check',
      wrong: 'a member with links does not ask Sigver when it comes back',
      find: "CONSTRUCTING: nothing, CONSTRUCTED: ['check'] },\n  CHECKING: { IDLE: nothing, CONSTRUCTING: nothing, CONSTRUCTED: nothing },\n  CHECKED: {",
      replace:
        'CONSTRUCTING: nothing, CONSTRUCTED: nothing },\n  CHECKING: { IDLE: nothing, CONSTRUCTING: nothing, CONSTRUCTED: nothing },\n  CHECKED: {',
    },
    {
      id: 'tables-missing-cell',
      wrong: 'a cell is missing',
      find: "    OPEN: ['joining', 'check'],\n",
      replace: '',
    },
    {
      id: 'tables-cannot-leave',
      wrong: 'who is JOINING cannot leave',
      find: "leave: { LEFT: 'nothing', JOINING: 'end'",
      replace: "leave: { LEFT: 'nothing', JOINING: 'nothing'",
    },
  ]),

  ...faultsIn(
    'signaling.ts',
    [
      {
        id: 'signaling-heartbeat-forgotten',
        wrong: 'no timer asks Sigver whether it is there',
        find: "this.setTimer('heartbeat', this.context.now + limits.heartbeat)",
        replace: '',
      },
      {
        id: 'signaling-same-pause',
        wrong: 'the pauses do not grow',
        find: 'limits.reconnect * 2 ** (this.failures - 1)',
        replace: 'limits.reconnect',
      },
      {
        id: 'signaling-claims-late',
        wrong: 'a changed member list is not claimed before its time',
        find: 'if (this.hasAnnounced && this.claimAt > at) this.claimSoon(at)',
        replace: '',
      },
      {
        id: 'signaling-outage-repeated',
        wrong: 'an outage is told with each try',
        find: 'if (!this.isOutageTold) this.error(code, reason)',
        replace: 'this.error(code, reason)',
      },
      {
        id: 'signaling-timers-left',
        wrong: 'timers of a closed connection stay',
        find: "for (const timer of ['heartbeat', 'claim', 'reconnect'] as const)",
        replace: "for (const timer of ['reconnect'] as const)",
      },
      {
        id: 'signaling-id-taken',
        wrong: 'Sigver’s word that an id is taken is an outage like any other',
        find: "if (code === closeCodes.idTaken) this.facts.push({ fact: 'idTaken' })",
        replace: "if (false) this.facts.push({ fact: 'idTaken' })",
      },
      {
        id: 'signaling-unasked',
        wrong: '"connected" counts in any state',
        find: 'if (this.state === SignalingState.CHECKING) this.become(SignalingState.CHECKED, true)',
        replace: 'this.become(SignalingState.CHECKED, true)',
      },
      {
        id: 'signaling-dials-for-ever',
        wrong: 'a connection that does not open is waited for without end',
        find: '? this.connectBy <= now',
        replace: '? false',
      },
      {
        id: 'signaling-unconfirmed',
        wrong: 'a proven link does not end CHECKING',
        find: 'this.become(SignalingState.CHECKED)\n',
        replace: 'return\n',
      },
      {
        id: 'signaling-never-final',
        wrong: 'a refusal for good is an outage like any other',
        find: 'isFinal(code)',
        replace: 'false',
      },
      {
        id: 'signaling-never-asked-twice',
        wrong: 'what is said of members is said once',
        find: "this.send({ type: 'claim', claim: { members, check: false } })\n    this.claimSoon(this.context.now + limits.claimEvery)",
        replace: "this.send({ type: 'claim', claim: { members, check: false } })",
      },
    ],
    ['group'],
  ),

  ...faultsIn(
    'lives.ts',
    [
      {
        id: 'lives-released-too-soon',
        wrong: 'a group is released while another life of it goes on',
        find: 'return isAnyOver && this.leaving.size === 0 && !this.present',
        replace: 'return isAnyOver',
      },
      {
        id: 'lives-never-released',
        wrong: 'a group is never released',
        find: 'isAnyOver = this.leaving.delete(life)',
        replace: 'this.leaving.delete(life)',
      },
    ],
    ['group'],
  ),
]
