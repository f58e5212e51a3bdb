// What every io adapter implements: it performs the outputs of one core and later emits inputs.
// One port belongs to one driver. The simulated port of the tests implements it too.
import type { Capabilities, Input, Milliseconds, Output } from '../core/contract.js'

/** Outputs that concern the world; the driver itself handles the others. */
export type IoOutput = Exclude<
  Output,
  { do: 'tell' | 'turn' | 'hand-over' | 'note' | 'publish' | 'authenticate' }
>

export interface Port {
  readonly capabilities: Capabilities
  /** A clock that never runs backwards. */
  now(): Milliseconds
  /** Cryptographically strong bytes. */
  random(bytes: number): Uint8Array
  /** Never throws; failures come back as `closed`. */
  perform(output: IoOutput): void
  /** Where inputs go. Called once, before the first output. Inputs are never emitted from inside perform(). */
  start(emit: (input: Input) => void): void
  /** Calls back at the end of the current turn. */
  endOfTurn(callback: () => void): void
  /** Takes over an open socket that another port accepted; returns its channel here. */
  adopt(socket: Transport): number
  /** Gives an accepted socket away: this port forgets it. */
  release(channel: number): Transport | undefined
  /** Ends listening for online, visibility and page events while nothing is joined; `true` starts it again, and a page
   *  then emits its present `environment` at once, from inside this call. `pageshow` only comes after a `pagehide` that
   *  was heard: keep watching over it. */
  watch(active: boolean): void
}

/** One open connection, whatever it is made of. */
export interface Transport {
  send(bytes: Uint8Array): void
  close(code?: number, reason?: string): void
  /** Bytes handed to send() and not yet given to the network. */
  readonly queued: number
  /** Whoever owns the transport sets this, and `undefined` when giving it away. What came while nobody owned it is
   *  delivered to the next owner soon after (never from inside this call), in order. */
  listen(events: TransportEvents | undefined): void
}

/** Nothing is called after `closed`, nor after the owner called close(), nor from inside a call of the owner. */
export interface TransportEvents {
  /** Once, before anything else; not called for sockets that were accepted, these are open from the start. */
  opened?(): void
  /** Only of a peer connection: its offer or answer. */
  described?(sdp: string): void
  /** Only of a peer connection: each the JSON of an RTCIceCandidateInit. */
  candidates?(candidates: readonly string[]): void
  message(bytes: Uint8Array): void
  closed(code: number, reason: string): void
  /** The queue fell below limits.channelLow; see the `drained` input. */
  drained(queued: number): void
  /** Only of an accepted socket: it gets more pings than may be. Otherwise it is closed. */
  flooded?(): void
}
