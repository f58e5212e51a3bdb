// What browsers and Node both get, but for WebGroup itself.
export type { Data, MemberId } from './core/contract.js'
export { type ErrorCode, type FaultCode, type MisuseCode, NetfluxError } from './core/errors.js'
export { SignalingState, Topology, WebGroupState } from './core/states.js'
export { LogLevel, setLogLevel } from './log.js'
export type { IceServer, RtcConfigurationSource, WebGroupOptions } from './options.js'
export type { LinkInfo, Message, SendOptions } from './WebGroup.js'
import type { Data } from './core/contract.js'

/** Netflux 4's name for what can be sent. */
export type DataType = Data
