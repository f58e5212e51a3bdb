// WebSocket or RTCDataChannel? The decision of the manual's FAQ, as one pure function over what both sides have tried.
// dialing.ts runs it each time a message of the other side arrives, and each time an own attempt fails.

/** What one side can do and has tried; it travels in every message of the negotiation. */
export interface Side {
  /** False until this side has said so itself. */
  readonly known: boolean
  /** Where it accepts WebSockets, '' if nowhere. */
  readonly url: string
  readonly rtc: boolean
  readonly triedWebSocket: boolean
  readonly triedRtc: boolean
  /** Why what it tried failed; for people. */
  readonly reason: string
}

export interface Sides {
  readonly initiator: Side
  readonly responder: Side
}

export type Role = keyof Sides

export type Step =
  | 'dial-websocket' // I open a WebSocket to the other side
  | 'dial-rtc' // I offer a data channel
  | 'pass' // it is the other side's turn: send it what we know
  | 'fail' // everything was tried; only the initiator has to know

export const UNKNOWN: Side = {
  known: false,
  url: '',
  rtc: false,
  triedWebSocket: false,
  triedRtc: false,
  reason: '',
}

/** Of one who has not said anything yet, and who hardly listens: a browser. */
export const BROWSER: Side = { ...UNKNOWN, known: true, rtc: true }

export function other(role: Role): Role {
  return role === 'initiator' ? 'responder' : 'initiator'
}

export function nextStep(sides: Sides, role: Role): Step {
  const me = sides[role]
  const them = sides[other(role)]
  if (!them.known) return 'pass'
  if (them.url !== '' && !me.triedWebSocket) return 'dial-websocket'
  if (me.url !== '' && !them.triedWebSocket) return 'pass'
  if (me.rtc && them.rtc) {
    if (!me.triedRtc) return 'dial-rtc'
    if (!them.triedRtc) return 'pass'
  }
  return role === 'initiator' ? 'fail' : 'pass'
}

/** What is known after a message came. `mine` stays mine, and what was tried stays tried: a replayed message changes nothing. */
export function merge(mine: Sides, told: Sides, role: Role): Sides {
  const theirs = other(role)
  const them: Side = {
    ...told[theirs],
    known: true,
    triedWebSocket: told[theirs].triedWebSocket || mine[theirs].triedWebSocket,
    triedRtc: told[theirs].triedRtc || mine[theirs].triedRtc,
  }
  return role === 'initiator'
    ? { initiator: mine.initiator, responder: them }
    : { initiator: them, responder: mine.responder }
}

export function withReason(side: Side, reason: string): string {
  return (side.reason === '' ? reason : `${side.reason}; ${reason}`).slice(0, 200)
}
