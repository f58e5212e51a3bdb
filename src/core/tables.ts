// The coupling of the three machines, as tables: what happens when the signaling state, the topology state, the members,
// the page or the user change. docs/states.md is generated from them; group.ts performs the actions.
// From the manual; what it leaves empty is written down as nothing, deviations are listed in `deviations`.
import { SignalingState, TopologyState, WebGroupState } from './states.js'

export type Action =
  | 'rejoin' // forget this life, begin the next, connect to Sigver after a pause
  | 'leave' // forget this life and stay out
  | 'connect' // connect to Sigver
  | 'check' // ask Sigver whether I am connected to everyone
  | 'construct' // topology becomes CONSTRUCTED
  | 'joining' // the group's state becomes JOINING
  | 'joined' // the group's state becomes JOINED

/** What a cell may depend on. */
export type Condition =
  | 'rejoinEnabled' // the option autoRejoin
  | 'connected' // Sigver says that I am alone or linked with all it knows

export type Cell =
  | readonly Action[]
  | { readonly when: Condition; readonly then: readonly Action[]; readonly otherwise: readonly Action[] }

export type SignalingName = keyof typeof SignalingState
export type TopologyName = keyof typeof TopologyState
export type GroupName = keyof typeof WebGroupState

export function signalingName(state: SignalingState): SignalingName {
  return SignalingState[state] as SignalingName
}

export function topologyName(state: TopologyState): TopologyName {
  return TopologyState[state] as TopologyName
}

export function groupName(state: WebGroupState): GroupName {
  return WebGroupState[state] as GroupName
}

const nothing: Cell = []
const rejoinOrLeave: Cell = { when: 'rejoinEnabled', then: ['rejoin'], otherwise: ['leave'] }

/** The signaling state changed. */
export const onSignalingChange: Readonly<Record<SignalingName, Readonly<Record<TopologyName, Cell>>>> = {
  CONNECTING: { IDLE: nothing, CONSTRUCTING: nothing, CONSTRUCTED: nothing },
  OPEN: { IDLE: ['check'], CONSTRUCTING: nothing, CONSTRUCTED: ['check'] },
  CHECKING: { IDLE: nothing, CONSTRUCTING: nothing, CONSTRUCTED: nothing },
  CHECKED: {
    IDLE: { when: 'connected', then: ['construct'], otherwise: [] },
    CONSTRUCTING: nothing,
    CONSTRUCTED: ['joined'],
  },
  CLOSED: {
    IDLE: rejoinOrLeave,
    CONSTRUCTING: nothing,
    CONSTRUCTED: { when: 'rejoinEnabled', then: ['connect'], otherwise: [] },
  },
}

/** The topology state changed. */
export const onTopologyChange: Readonly<Record<TopologyName, Readonly<Record<SignalingName, Cell>>>> = {
  CONSTRUCTING: {
    CONNECTING: ['joining'],
    OPEN: ['joining'],
    CHECKING: ['joining'],
    CHECKED: ['joining'],
    CLOSED: ['joining'],
  },
  CONSTRUCTED: {
    CONNECTING: nothing,
    OPEN: ['check'],
    CHECKING: nothing,
    CHECKED: ['joined', 'check'],
    CLOSED: ['connect'],
  },
  IDLE: {
    CONNECTING: ['joining'],
    OPEN: ['joining', 'check'],
    CHECKING: ['joining'],
    CHECKED: ['check'],
    CLOSED: rejoinOrLeave,
  },
}

/** A member left. It was adjacent, and not only I am left: otherwise nothing. */
export const onMemberLeft: Readonly<Record<SignalingName, Readonly<Record<TopologyName, Cell>>>> = {
  CONNECTING: { IDLE: nothing, CONSTRUCTING: nothing, CONSTRUCTED: nothing },
  OPEN: { IDLE: nothing, CONSTRUCTING: nothing, CONSTRUCTED: nothing },
  CHECKING: { IDLE: nothing, CONSTRUCTING: nothing, CONSTRUCTED: nothing },
  CHECKED: { IDLE: nothing, CONSTRUCTING: nothing, CONSTRUCTED: ['check'] },
  CLOSED: { IDLE: nothing, CONSTRUCTING: nothing, CONSTRUCTED: nothing },
}

/** What the user, the page and the network do, in each state of the group. */
export type OuterEvent =
  | 'join' // join() was called
  | 'leave' // leave() was called
  | 'present' // the page became visible or the network came back, and both are now true
  | 'pagehide'
  | 'pageshow'

export type OuterAction =
  | 'begin' // a new life: an id, JOINING, and a connection to Sigver as soon as the page is visible and online
  | 'end' // goodbye to everyone, LEFT
  | 'end at once' // the same, without waiting for anyone
  | 'begin again' // as begin, if the group was left without the user asking for it, and autoRejoin is on
  | 'connect now' // stop waiting: connect to Sigver
  | 'nothing'

export const onOuterEvent: Readonly<Record<OuterEvent, Readonly<Record<GroupName, OuterAction>>>> = {
  join: { LEFT: 'begin', JOINING: 'nothing', JOINED: 'nothing' },
  leave: { LEFT: 'nothing', JOINING: 'end', JOINED: 'end' },
  present: { LEFT: 'begin again', JOINING: 'connect now', JOINED: 'connect now' },
  pagehide: { LEFT: 'nothing', JOINING: 'end at once', JOINED: 'end at once' },
  pageshow: { LEFT: 'begin again', JOINING: 'nothing', JOINED: 'nothing' },
}

/** What each machine may become. A test drives the group and finds no other transition. */
export const signalingTransitions: Readonly<Record<SignalingName, readonly SignalingName[]>> = {
  CLOSED: ['CONNECTING'],
  CONNECTING: ['OPEN', 'CLOSED'],
  OPEN: ['CHECKING', 'CLOSED'],
  CHECKING: ['CHECKED', 'CLOSED'],
  CHECKED: ['CHECKING', 'CLOSED'],
}

export const topologyTransitions: Readonly<Record<TopologyName, readonly TopologyName[]>> = {
  IDLE: ['CONSTRUCTING', 'CONSTRUCTED'],
  CONSTRUCTING: ['CONSTRUCTED', 'IDLE'],
  CONSTRUCTED: ['IDLE'],
}

export const groupTransitions: Readonly<Record<GroupName, readonly GroupName[]>> = {
  LEFT: ['JOINING'],
  JOINING: ['JOINED', 'LEFT'],
  JOINED: ['JOINING', 'LEFT'],
}

/** Where the manual's tables are not followed to the letter, and why. */
export const deviations: readonly string[] = [
  'The timer of $rejoin asks whether the group is JOINING, not LEFT: the step before has just set JOINING.',
  'After $leave by the user nothing rejoins when the page becomes visible or online; only a group that was left without the user asking for it does.',
  'join() on a hidden or offline page is JOINING at once and connects as soon as the page is visible and online; the manual does not say what happens.',
  'JOINED is emitted once: setting an equal state emits nothing, and JOINED is followed by one more check.',
  'Only an IDLE topology becomes CONSTRUCTING: links made while healing or merging leave it CONSTRUCTED and the group JOINED.',
  'When Sigver is lost while CONSTRUCTED the group stays JOINED; signalingState and onError tell.',
  'A topology that loses its last member by a goodbye stays CONSTRUCTED: nobody was cut off.',
  'CONSTRUCTING while signaling is not CHECKED yet (a bot that was invited): the group is JOINED when Sigver has answered.',
]
