// The options of WebGroup, checked. Called by WebGroup.ts and Bot.ts; a wrong option throws at the call.
import { NetfluxError } from './core/errors.js'
import * as limits from './core/limits.js'
import { Topology } from './core/states.js'
import { faultOf } from './io/ice.js'

/** An ICE server as RTCConfiguration has it, or with `password` in place of `credential`, as in Netflux 4. */
export interface IceServer {
  urls: string | string[]
  username?: string
  credential?: string
  password?: string
}

/** An RTCConfiguration. Default: one public STUN server of Google's; `iceServers: []` uses none. */
export interface RtcConfiguration {
  iceServers?: IceServer[]
  iceTransportPolicy?: 'all' | 'relay'
  [name: string]: unknown
}

export type RtcConfigurationSource = RtcConfiguration | (() => RtcConfiguration | Promise<RtcConfiguration>)

export interface WebGroupOptions {
  /** How members are connected. Default: FULL_MESH, the only one. */
  topology?: Topology
  /** ws or wss URL of a Sigver. Default: the page's own origin; in Node it is required. */
  signalingServer?: string
  /** For data channels. A function, maybe async, is asked before each connection. */
  rtcConfiguration?: RtcConfigurationSource
  /** Access token for a Sigver that asks for one. A function, maybe async, is asked before each connection. */
  token?: string | (() => string | Promise<string>)
  /** Join again after being cut off. Default: true. */
  autoRejoin?: boolean
  /** Bytes. `send` throws above it, and a member that sends more is cut off. Default: 512 MiB. */
  maxMessageSize?: number
  /** Bytes that may wait for slow members. `send` throws above it. Default: 384 MiB. */
  maxBacklog?: number
  /** Another implementation of RTCPeerConnection. Default: the browser's; in Node `@roamhq/wrtc` where it is installed. */
  rtcPeerConnection?: unknown
  /** Node: dial URLs of bots in private networks though Sigver is in none. Default: false. */
  allowPrivateAddresses?: boolean
}

export interface CheckedOptions {
  readonly topology: Topology
  readonly signalingServer: string
  readonly rtcConfiguration: RtcConfigurationSource | undefined
  readonly token: string | (() => string | Promise<string>) | undefined
  readonly autoRejoin: boolean
  readonly maxMessageSize: number
  readonly maxBacklog: number
  readonly rtcPeerConnection: unknown
  readonly allowPrivateAddresses: boolean
}

/** @throws NetfluxError BAD_OPTION, BAD_URL, NO_SIGNALING_SERVER */
export function checkOptions(options: WebGroupOptions, defaultServer: string | undefined): CheckedOptions {
  if (typeof options !== 'object' || options === null) throw bad('the options', 'an object')
  const { topology = Topology.FULL_MESH, signalingServer = defaultServer, autoRejoin = true } = options
  const { rtcConfiguration, rtcPeerConnection, allowPrivateAddresses = false, token } = options
  if (topology !== Topology.FULL_MESH) throw bad('topology', 'Topology.FULL_MESH')
  if (signalingServer === undefined)
    throw new NetfluxError('NO_SIGNALING_SERVER', 'the option signalingServer is required here')
  if (typeof autoRejoin !== 'boolean') throw bad('autoRejoin', 'a boolean')
  if (typeof allowPrivateAddresses !== 'boolean') throw bad('allowPrivateAddresses', 'a boolean')
  checkRtcConfiguration(rtcConfiguration)
  if (token !== undefined && typeof token !== 'string' && typeof token !== 'function')
    throw bad('token', 'a string or a function')
  if (rtcPeerConnection !== undefined && typeof rtcPeerConnection !== 'function')
    throw bad('rtcPeerConnection', 'a constructor')
  return {
    topology,
    signalingServer: checkUrl(signalingServer, 'signalingServer').text,
    rtcConfiguration,
    token,
    autoRejoin,
    maxMessageSize: positive(options.maxMessageSize, limits.messageSize, 'maxMessageSize'),
    maxBacklog: positive(options.maxBacklog, limits.backlog, 'maxBacklog'),
    rtcPeerConnection,
    allowPrivateAddresses,
  }
}

/** A ws or wss URL. `text` is as it was given. @throws NetfluxError BAD_URL */
export function checkUrl(text: unknown, what: string): { readonly text: string; readonly url: URL } {
  const url = typeof text === 'string' ? parse(text) : undefined
  if (typeof text !== 'string' || (url?.protocol !== 'ws:' && url?.protocol !== 'wss:'))
    throw new NetfluxError('BAD_URL', `${what} is not a ws:// or wss:// URL`)
  if (url.hash !== '' || text.endsWith('#'))
    throw new NetfluxError('BAD_URL', `${what} has a #, which no WebSocket may be dialled with`)
  return { text, url }
}

/** A URL that members tell each other. @throws NetfluxError BAD_URL */
export function checkBotUrl(text: unknown, what: string): { readonly text: string; readonly url: URL } {
  const checked = checkUrl(text, what)
  if (checked.text.length > limits.url)
    throw new NetfluxError('BAD_URL', `${what} is longer than ${limits.url} characters`)
  return checked
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}

function positive(value: unknown, otherwise: number, name: string): number {
  if (value === undefined) return otherwise
  if (typeof value !== 'number' || !(value > 0)) throw bad(name, 'a positive number')
  return value
}

/** What a function gives is checked when it is asked. */
function checkRtcConfiguration(value: unknown): void {
  if (value === undefined || typeof value === 'function') return
  if (typeof value !== 'object' || value === null) throw bad('rtcConfiguration', 'an object or a function')
  const fault = faultOf(value)
  if (fault !== undefined) throw new NetfluxError('BAD_OPTION', `rtcConfiguration: ${fault}`)
}

function bad(name: string, wanted: string): NetfluxError {
  return new NetfluxError('BAD_OPTION', `${name} is not ${wanted}`)
}
