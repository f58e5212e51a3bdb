// The options of Sigver, checked. Called by Sigver.ts; a wrong option throws at the call.
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { NetfluxError } from './core/errors.js'
import * as limits from './core/limits.js'
import type { Bus } from './sigver/bus.js'

/** A coturn with `use-auth-secret`, or another TURN server that knows its REST scheme. */
export interface TurnOptions {
  /** As in an RTCIceServer: `turn:` and `turns:` URLs. */
  urls: string | readonly string[]
  /** The same as coturn's `static-auth-secret`. It is never sent. */
  secret: string
  /** How long credentials are good, in seconds. Members get new ones when half of it is over. Default: 3600. */
  ttl?: number
}

/** What happens, for logs and metrics. Called in the midst of the work: keep it short, never throw. */
export interface SigverObserver {
  /** A socket was accepted. */
  connected(address: string): void
  /** It is gone; the code of its close frame, or what stands for it. */
  disconnected(code: number): void
  /** We sent it away; `code` and `reason` as in docs/errors.md. */
  refused(code: number, reason: string, address: string): void
  /** A frame came in. */
  frame(bytes: number): void
  room(topic: string, isOpen: boolean): void
  peer(topic: string, id: number, isThere: boolean): void
  introduced(): void
  relayed(bytes: number): void
  /** Whether the other instances can be reached. */
  reachable(isUp: boolean): void
}

/** Several Sigvers that are one. Members of a group may be at any of them. */
export interface ClusterOptions {
  /** What they reach each other through: of `redisBus()`, or your own. It is closed with Sigver. */
  bus: Bus
  /** The same for all of them, at least 16 characters: what passes through the bus is signed with it. */
  secret: string
}

export interface SigverOptions {
  /** An http(s) server whose upgrade requests below `path` are for Sigver. It may have other users. Default: one of its own. */
  server?: HttpServer | HttpsServer
  /** Where it is found on the server, as `/signaling`. Default: at the root. */
  path?: string
  /** Where a server of its own listens. Default: everywhere. */
  host?: string
  /** Where a server of its own listens. Default: any free port. */
  port?: number
  /** Origins of pages that are served, exactly as their browsers say them: `https://example.org`. Requests without one, as
   *  those of Node, are served too. Default: any. */
  origins?: readonly string[]
  /** A proxy before it says in X-Forwarded-For who comes: its last entry counts. Default: false. */
  trustProxy?: boolean
  /** Rooms at a time. Default: 100,000. */
  maxRooms?: number
  /** Members of one room. Default, and most: 256. */
  maxPeersPerRoom?: number
  /** Sockets of one address. Default: 1,000. */
  maxConnectionsPerIp?: number
  /** Frames a second that one socket may send, after a burst of 1,000; those of one address may send 20 times as much.
   *  Default: 200. */
  framesPerSecond?: number
  /** Members are told of this TURN server, and given credentials for it. */
  turn?: TurnOptions
  /** Decides who may come in, given the upgrade request (the topic is the last part of its URL) and the member's `token`, ''
   *  if it has none. A string refuses, for good, and says why. What throws or rejects sends the member away to try again. */
  authenticate?: (request: IncomingMessage, token: string) => string | undefined | Promise<string | undefined>
  /** It is one of several. Default: it is alone. */
  cluster?: ClusterOptions
  observer?: Partial<SigverObserver>
}

export interface CheckedSigverOptions extends SigverOptions {
  readonly path: string
  readonly trustProxy: boolean
  readonly maxRooms: number
  readonly maxPeersPerRoom: number
  readonly maxConnectionsPerIp: number
  readonly framesPerSecond: number
  readonly observer: Partial<SigverObserver>
}

/** @throws NetfluxError BAD_OPTION */
export function checkSigverOptions(options: SigverOptions): CheckedSigverOptions {
  if (typeof options !== 'object' || (options as unknown) === null) throw bad('the options', 'an object')
  const { server, path = '', host, port, origins, trustProxy = false, turn, authenticate } = options
  const { observer = {} } = options
  if (server !== undefined && (typeof server.on !== 'function' || typeof server.address !== 'function'))
    throw bad('server', 'an http or https server')
  if (server !== undefined && (host !== undefined || port !== undefined))
    throw new NetfluxError('BAD_OPTION', 'host and port are those of the server that was given')
  if (typeof path !== 'string' || !/^(\/[^?#]*)?$/.test(path))
    throw bad('path', 'a path that begins with a slash')
  if (host !== undefined && (typeof host !== 'string' || host === ''))
    throw bad('host', 'a name or an address')
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw bad('port', 'a number from 0 to 65535')
  if (origins !== undefined && !(Array.isArray(origins) && origins.every(isOrigin)))
    throw bad('origins', 'a list of origins such as https://example.org')
  if (typeof trustProxy !== 'boolean') throw bad('trustProxy', 'a boolean')
  if (authenticate !== undefined && typeof authenticate !== 'function')
    throw bad('authenticate', 'a function')
  if (typeof observer !== 'object' || (observer as unknown) === null) throw bad('observer', 'an object')
  if (turn !== undefined) checkTurn(turn)
  if (options.cluster !== undefined) checkCluster(options.cluster)
  return {
    ...options,
    path: path.replace(/\/+$/, ''),
    trustProxy,
    observer,
    maxRooms: atLeastOne(options.maxRooms, limits.rooms, 'maxRooms'),
    maxPeersPerRoom: Math.min(
      atLeastOne(options.maxPeersPerRoom, limits.members, 'maxPeersPerRoom'),
      limits.members,
    ),
    maxConnectionsPerIp: atLeastOne(
      options.maxConnectionsPerIp,
      limits.socketsPerAddress,
      'maxConnectionsPerIp',
    ),
    framesPerSecond: atLeastOne(options.framesPerSecond, limits.framesPerSecond, 'framesPerSecond'),
  }
}

function checkTurn(turn: TurnOptions): void {
  const { urls, secret, ttl = 60 } = Object(turn) as TurnOptions
  const list: readonly unknown[] = typeof urls === 'string' ? [urls] : Array.isArray(urls) ? urls : []
  const isTurnUrl = (url: unknown) => typeof url === 'string' && /^turns?:[^\s]+$/.test(url)
  if (list.length === 0 || list.length > limits.turnUrls || !list.every(isTurnUrl))
    throw bad('turn.urls', `1 to ${limits.turnUrls} turn: or turns: URLs`)
  if (typeof secret !== 'string' || secret === '') throw bad('turn.secret', 'a secret')
  if (typeof ttl !== 'number' || !(ttl >= 60)) throw bad('turn.ttl', 'a number of seconds, at least 60')
}

function checkCluster(cluster: ClusterOptions): void {
  const { bus, secret } = Object(cluster) as Partial<ClusterOptions>
  if (typeof bus?.open !== 'function' || typeof bus.publish !== 'function') throw bad('cluster.bus', 'a bus')
  if (typeof secret !== 'string' || secret.length < 16)
    throw bad('cluster.secret', 'a text of at least 16 characters')
}

function isOrigin(text: unknown): boolean {
  try {
    return typeof text === 'string' && new URL(text).origin === text
  } catch {
    return false
  }
}

function atLeastOne(value: unknown, otherwise: number, name: string): number {
  if (value === undefined) return otherwise
  if (typeof value !== 'number' || !(value >= 1)) throw bad(name, 'a number of at least 1')
  return value
}

const bad = (name: string, what: string): NetfluxError =>
  new NetfluxError('BAD_OPTION', `${name} is not ${what}`)
