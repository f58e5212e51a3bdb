// Faults of the group: how its machines are coupled, and its lives.
import { faultsIn } from '../mutant.js'

export const groupFaults = [
  ...faultsIn('group.ts', [
    {
      id: 'group-tells-too-early',
      wrong: 'messages are told before JOINED',
      find: "if (this.state === WebGroupState.JOINED) return this.tell({ type: 'messages', id, data })",
      replace: "return this.tell({ type: 'messages', id, data })",
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
    {
      id: 'group-network-unnoticed',
      wrong: 'the mesh is not told of another network',
      find: '    if (wasOnline !== online) this.mesh?.networkChanged()\n',
      replace: '',
    },
    {
      id: 'group-offline-unnoticed',
      wrong: 'without a network members are judged as with one',
      find: "this.isOnline ? (this.signaling?.watch ?? 'away') : 'silent'",
      replace: "this.signaling?.watch ?? 'away'",
    },
    {
      id: 'group-adopts-nothing',
      wrong: 'a socket that comes after leave() stays open',
      find: "else this.context.out({ do: 'close', channel })",
      replace: 'else return',
    },
    {
      id: 'group-cut-off-stays',
      wrong: 'who has lost the last member without a goodbye does not begin anew',
      find: 'else if (view.isAlone) this.coupling.topologyChanges(TopologyState.IDLE)',
      replace: '',
    },
    {
      id: 'group-alone-untold',
      wrong: 'a bot is not told that it is alone when the last member says goodbye',
      find: "else if (how === 'goodbye') this.tell({ type: 'alone' })",
      replace: '',
    },
    {
      id: 'group-alone-sigver-untold',
      wrong: 'a bot is not told that Sigver knows nobody else',
      find: "if (connected && this.mesh?.view.isAlone) this.tell({ type: 'alone' })",
      replace: '',
    },
    {
      id: 'group-key-kept',
      wrong: 'the key is kept after leave()',
      find: "this.key = atOnce ? this.key : ''",
      replace: '',
    },
    {
      id: 'group-asks-not',
      wrong: 'Sigver is not asked whether it is me when nobody answers',
      find: 'return this.signaling?.probe()',
      replace: 'return',
    },
    {
      id: 'group-full-for-ever',
      wrong: 'who took nothing before JOINED takes nothing afterwards',
      find: '    if (this.mesh) this.mesh.isRefusing = false\n',
      replace: '',
    },
    {
      id: 'group-turn-unused',
      wrong: 'TURN servers of Sigver do not reach io',
      find: "return this.context.out({ do: 'ice', server: fact.server })",
      replace: 'return',
    },
    {
      id: 'group-invitation-unanswered',
      wrong: 'invite() never resolves',
      find: "    if (link.invitation !== 0) this.tell({ type: 'invited', invitation: link.invitation, id: peer.id })\n",
      replace: '',
    },
    {
      id: 'group-room-untold',
      wrong: 'send() waits for ever',
      find: "return this.tell({ type: 'room' })",
      replace: 'return',
    },
    {
      id: 'group-neighbor-loss-unchecked',
      wrong: 'who loses a neighbour does not ask Sigver',
      find: 'if (wasAdjacent) this.coupling.memberLeft()',
      replace: '{}',
    },
    {
      id: 'group-introduced-neighbor-unconfirmed',
      wrong: 'who is introduced to its neighbour stays CHECKING',
      find: 'if (this.mesh?.view.isLinked(peer)) this.signaling?.confirmed()',
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
