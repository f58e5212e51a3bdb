// The event tables of the Netflux manual, row by row as they are printed there. Empty cells of a row match everything.
// tables.test.ts compares src/core/tables.ts with them.

/** Signaling | Topology | connected | rejoinEnabled | Result */
export const signalingStateEvent = [
  ['CLOSED', 'IDLE', '', 'true', '$rejoin'],
  ['CLOSED', 'IDLE', '', 'false', '$leave'],
  ['CLOSED', 'CONSTRUCTED', '', 'true', '$connectToSignaling'],
  ['OPEN', '!CONSTRUCTING', '', '', '$signalingCheck'],
  ['CHECKED', 'IDLE', 'true', '', 'Topology.CONSTRUCTED'],
  ['CHECKED', 'CONSTRUCTED', '', '', 'WebChannel.JOINED'],
] as const

/** Topology | Signaling | rejoinEnabled | Result */
export const topologyStateEvent = [
  ['CONSTRUCTING', '', '', 'WebChannel.JOINING'],
  ['CONSTRUCTED', 'OPEN', '', '$signalingCheck'],
  ['CONSTRUCTED', 'CHECKED', '', 'WebChannel.JOINED & $signalingCheck'],
  ['CONSTRUCTED', 'CLOSED', '', '$connectToSignaling'],
  ['IDLE', 'CLOSED', 'true', '$rejoin'],
  ['IDLE', 'CLOSED', 'false', '$leave'],
  ['IDLE', 'CONNECTING', '', 'WebChannel.JOINING'],
  ['IDLE', 'OPEN', '', 'WebChannel.JOINING & $signalingCheck'],
  ['IDLE', 'CHECKING', '', 'WebChannel.JOINING'],
  ['IDLE', 'CHECKED', '', '$signalingCheck'],
] as const

/** Signaling | Topology | adjacent member | not only you left in the group | Result */
export const memberLeftEvent = [['CHECKED', 'CONSTRUCTED', 'true', 'true', '$signalingCheck']] as const

/** WebChannel | onLine | Visibility | Result */
export const joinCall = [['LEFT', 'true', 'visible', '$join']] as const

/** WebChannel | Result */
export const leaveCall = [['!LEFT', '$leave']] as const

/** WebChannel | the other of onLine and Visibility | rejoinEnabled | Result; for both events */
export const presenceEvent = [['LEFT', 'true', 'true', '$leave.1 & $join']] as const
