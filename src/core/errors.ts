// Every error that users can meet. docs/errors.md explains each code; a test compares the two lists.
// Misuse is thrown at the call. What the peer or the network did wrong goes to onError and is survived.
import type { MemberId } from './contract.js'

/** Thrown at the call: the caller has to change something. */
export type MisuseCode =
  | 'BAD_OPTION' // a constructor option has the wrong type or value
  | 'BAD_KEY' // not a string of 1 to 512 characters
  | 'BAD_URL' // not a ws or wss URL
  | 'BAD_DATA' // neither string nor Uint8Array
  | 'BAD_ID' // not the id of a member
  | 'BAD_STATE' // not possible in this state
  | 'MESSAGE_TOO_LARGE' // above maxMessageSize
  | 'BACKLOG_FULL' // above maxBacklog
  | 'NO_SIGNALING_SERVER' // in Node the option is required
  | 'NO_WEBSOCKET' // the environment has no WebSocket

/** Reported to onError: survived. */
export type FaultCode =
  | 'SIGNALING_UNREACHABLE' // Sigver cannot be reached or went away; tried again
  | 'SIGNALING_REFUSED' // Sigver refused us for good
  | 'SIGNALING_FULL' // Sigver has no place for us now; tried again
  | 'TOKEN_FAILED' // the token option gave none; tried again
  | 'SIGNALING_GARBAGE' // what answers is not a Sigver, or lies
  | 'PEER_UNREACHABLE' // no direct link with this member; the message names the reason of each attempt
  | 'PEER_REFUSED' // a peer does not prove that it knows the key
  | 'PEER_GARBAGE' // a peer sent bytes that make no sense
  | 'PEER_STALLED' // a member took nothing for 30 s: its session was reset
  | 'INSECURE_INVITE' // the key went to a bot over plain ws://
  | 'RTC_MISSING' // no WebRTC here: only WebSocket links are possible
  | 'TOO_MANY_CONNECTIONS' // the process holds as many peer connections as it may
  | 'INVITE_FAILED' // no bot at this address
  | 'INVITE_REFUSED' // the bot does not want to
  | 'LISTEN_FAILED' // a server could not listen

export type ErrorCode = MisuseCode | FaultCode

/** The only error class that Netflux throws or reports. */
export class NetfluxError extends Error {
  override readonly name = 'NetfluxError'
  /** Stable: programs may compare it. */
  readonly code: ErrorCode
  /** The member whom it is about, if any. */
  readonly id: MemberId | undefined

  constructor(code: ErrorCode, message: string, id?: MemberId) {
    super(message)
    this.code = code
    this.id = id
  }
}
