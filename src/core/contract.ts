// The whole contract between the pure cores (group, lobby, rooms) and the world, on one page.
// A driver hands one Input with the time to a core, performs every Output it returns, then takes the next Input.
// Nothing in the core opens, waits, reads a clock or draws a random number.
import type { NetfluxError } from './errors.js'
import type { SignalingState, TopologyState, WebGroupState } from './states.js'

/** Milliseconds of a clock that never runs backwards, from any origin. */
export type Milliseconds = number
/** An unsigned 32-bit integer, never 0. Unique among the live members of a group. */
export type MemberId = number
/** 8 bytes in hexadecimal, new at every join: tells two members with the same id apart. Made of its preimage by secrets.ts. */
export type Incarnation = string
/** 16 random bytes in hexadecimal, drawn at every join. Only Sigver is told: who announces it is that incarnation. */
export type Preimage = string
/** A transport of one driver. Those that the core opens count up from 1, those that io accepted count down from -1. */
export type ChannelId = number
/** One process of several that are one Sigver. Random, new with each start. */
export type InstanceName = string
/** What users send and receive. */
export type Data = string | Uint8Array

/** Timers are named. Setting one again moves it; it comes back as an input once. */
export type Timer =
  | 'reconnect' // connect to Sigver (again)
  | 'heartbeat' // is Sigver still answering?
  | 'claim' // tell Sigver my members
  | `${MeshTimer}/${number}` // of one life of a mesh: a group that is left says goodbye while the next one joins
  | `handshake/${ChannelId}` // lobby: the first hello has to come by now
  | RoomsTimer
export type MeshTimer = 'tick' | 'ack' | 'announce' | 'farewell'
export type RoomsTimer = 'sweep' | 'hints' | 'beat'

/** What a core asks of its io. A channel that is unknown or closed is ignored. */
export type Output =
  /** Open a WebSocket: later `opened` or `closed`. A `peer` url came from the network: io guards it (see limits.ts). */
  | {
      readonly do: 'dial'
      readonly channel: ChannelId
      readonly url: string
      readonly trust: 'user' | 'peer'
    }
  /** Make an RTCPeerConnection with one negotiated data channel and an offer: later `described`, `candidates`, `opened` or `closed`. */
  | { readonly do: 'offer'; readonly channel: ChannelId }
  /** The same at the other end: answers the given offer. */
  | { readonly do: 'answer'; readonly channel: ChannelId; readonly sdp: string }
  /** The answer to my offer came. */
  | { readonly do: 'settle'; readonly channel: ChannelId; readonly sdp: string }
  /** Candidates of the other side, each the JSON of an RTCIceCandidateInit. May come before `settle`. */
  | { readonly do: 'candidates'; readonly channel: ChannelId; readonly candidates: readonly string[] }
  /** Never fails: what cannot be sent is lost with the channel, whose `closed` follows. io copies or hands over the bytes at once. */
  | { readonly do: 'send'; readonly channel: ChannelId; readonly bytes: Uint8Array }
  /** Close after what was sent. No input about this channel follows. */
  | { readonly do: 'close'; readonly channel: ChannelId; readonly code?: number; readonly reason?: string }
  /** `at` undefined: cancel. */
  | { readonly do: 'timer'; readonly timer: Timer; readonly at: Milliseconds | undefined }
  /** Ask for one `turn` input at the end of this turn (microtask in browsers, setImmediate in Node). */
  | { readonly do: 'turn' }
  /** Tell the user. Performed after all other outputs of the input. */
  | { readonly do: 'tell'; readonly event: Event }
  /** Ask the user for the access token of this channel: later `token`. */
  | { readonly do: 'token'; readonly channel: ChannelId }
  /** Use this besides the user's own ICE servers from now on, in place of the one of before. */
  | { readonly do: 'ice'; readonly server: TurnServer }
  /** Sigver only: may this peer come in? Later `authenticated`. */
  | { readonly do: 'authenticate'; readonly channel: ChannelId; readonly token: string }
  /** Sigver only: to another instance, or to all of them. May be lost. `bytes` is written over with the next input. */
  | { readonly do: 'publish'; readonly to: InstanceName | undefined; readonly bytes: Uint8Array }
  /** Sigver only: something to count. */
  | { readonly do: 'note'; readonly note: Note }
  /** Lobby only: this socket said its hello; it now belongs to the group of that topic (made, if `key` is given). */
  | {
      readonly do: 'hand-over'
      readonly channel: ChannelId
      readonly topic: string
      readonly key: string | undefined
      readonly nonce: Uint8Array
      readonly hello: Uint8Array
    }

/** The code of a transport that gave up because nothing came from the other side any more; below those of WebSockets. */
export const NO_ANSWER = 1

/** What io reports. Nothing is reported about a channel after its `closed`, nor after the core asked to close it. */
export type Input =
  | { readonly on: 'opened'; readonly channel: ChannelId }
  /** The bytes are the core's from now on: Sigver sends them on in their place. */
  | { readonly on: 'received'; readonly channel: ChannelId; readonly bytes: Uint8Array }
  /** `code`: of a WebSocket's close frame, or NO_ANSWER, else 0. `reason`: for people. */
  | { readonly on: 'closed'; readonly channel: ChannelId; readonly code: number; readonly reason: string }
  /** The offer or answer that was asked for. */
  | { readonly on: 'described'; readonly channel: ChannelId; readonly sdp: string }
  | { readonly on: 'candidates'; readonly channel: ChannelId; readonly candidates: readonly string[] }
  /** So many bytes are still queued in the transport. Comes when the queue has fallen below limits.channelLow,
   *  provided that at least so much was sent since the last report. */
  | { readonly on: 'drained'; readonly channel: ChannelId; readonly queued: number }
  | { readonly on: 'timer'; readonly timer: Timer }
  | { readonly on: 'turn' }
  /** navigator.onLine and page visibility; in Node both are always true. */
  | { readonly on: 'environment'; readonly online: boolean; readonly visible: boolean }
  /** The page is being hidden for good or put into the back-forward cache: say goodbye at once. */
  | { readonly on: 'pagehide' }
  | { readonly on: 'pageshow' }
  /** A stranger connected. Sigver: `path` is the topic. */
  | { readonly on: 'accepted'; readonly channel: ChannelId; readonly path: string; readonly address: string }
  /** What the user gave as token, or why there is none. */
  | {
      readonly on: 'token'
      readonly channel: ChannelId
      readonly token: string
      readonly problem: string | undefined
    }
  /** Sigver: undefined welcomes the peer, anything else says why not. */
  | { readonly on: 'authenticated'; readonly channel: ChannelId; readonly refusal: string | undefined }
  /** Sigver: another instance says this, and it proved that it is one. */
  | { readonly on: 'published'; readonly from: InstanceName; readonly bytes: Uint8Array }
  /** Sigver: whether other instances can be reached. At first they cannot. */
  | { readonly on: 'bus'; readonly isUp: boolean }
  /** A socket from the bot's lobby with the hello it said, and the nonce that the lobby had sent it. */
  | {
      readonly on: 'adopted'
      readonly channel: ChannelId
      readonly nonce: Uint8Array
      readonly hello: Uint8Array
    }
  // What the user does:
  | { readonly on: 'join'; readonly key: string }
  | { readonly on: 'leave' }
  | { readonly on: 'invite'; readonly url: string; readonly invitation: number }
  | { readonly on: 'send'; readonly to: MemberId | undefined; readonly data: Data; readonly ordered: boolean }

/** A TURN server and what opens it for a while. */
export interface TurnServer {
  readonly urls: readonly string[]
  readonly username: string
  readonly credential: string
}

/** What happened in Sigver, for its operator. */
export type Note =
  | { readonly type: 'room'; readonly topic: string; readonly isOpen: boolean }
  | { readonly type: 'peer'; readonly topic: string; readonly id: MemberId; readonly isThere: boolean }
  | { readonly type: 'introduced' }
  | { readonly type: 'relayed'; readonly bytes: number }
  | {
      readonly type: 'refused'
      readonly channel: ChannelId
      readonly code: number
      readonly reason: string
    }

/** What users hear of. */
export type Event =
  | { readonly type: 'myId'; readonly id: MemberId }
  | { readonly type: 'state'; readonly state: WebGroupState }
  | { readonly type: 'signalingState'; readonly state: SignalingState }
  /** For logs and tests: users do not see the topology. */
  | { readonly type: 'topologyState'; readonly state: TopologyState }
  | { readonly type: 'memberJoin'; readonly id: MemberId }
  | { readonly type: 'memberLeave'; readonly id: MemberId }
  /** Of one member, in its order. */
  | { readonly type: 'messages'; readonly id: MemberId; readonly data: readonly Data[] }
  | { readonly type: 'error'; readonly error: NetfluxError }
  /** There is room to send again. */
  | { readonly type: 'room' }
  | { readonly type: 'invited'; readonly invitation: number; readonly id: MemberId }
  | { readonly type: 'inviteFailed'; readonly invitation: number; readonly error: NetfluxError }
  /** Bot: nobody else is left in the group, and that for good. */
  | { readonly type: 'alone' }
  /** Nothing of the group is left: no channel, no timer. */
  | { readonly type: 'released' }

/** What a core can do here. */
export interface Capabilities {
  readonly webSocket: boolean
  readonly rtc: boolean
}

/** What every machine of a core is given: the time of the current input, randomness, and where outputs go. */
export interface Context {
  readonly now: Milliseconds
  random(bytes: number): Uint8Array
  out(output: Output): void
}

/** A core: one input in, all its outputs back. */
export interface Core {
  handle(input: Input, now: Milliseconds): readonly Output[]
}
