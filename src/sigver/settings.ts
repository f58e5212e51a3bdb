// The only place where the settings of the command `sigver` are defined. From a line here come its flag (`--max-rooms`),
// its environment variable (SIGVER_MAX_ROOMS), its key in the configuration file (maxRooms), its help and its type.
// Read by configure.ts.
import {
  fileName,
  hostName,
  oneOf,
  origin,
  type Parse,
  portNumber,
  redisUrl,
  secretOf,
  signingSecret,
  truth,
  turnUrl,
  urlPath,
  wholeNumber,
} from './values.js'

export interface Setting<T = unknown> {
  readonly help: string
  /** What stands behind the flag in the help; without one it is a switch. */
  readonly placeholder?: string
  readonly isList?: boolean
  /** Never in a log or an error. */
  readonly isSecret?: boolean
  /** Given the texts, more than one only of a list. */
  readonly parse: (texts: readonly string[]) => T
  readonly fallback: T
  /** What the help says instead of the fallback. */
  readonly unset?: string
}

type Details = Pick<Setting, 'isSecret' | 'unset'>

const first = (texts: readonly string[]): string => texts[0] ?? ''

/** A value that always is there. */
const one = <T>(
  placeholder: string,
  parse: Parse<T>,
  fallback: NoInfer<T>,
  help: string,
  details?: Details,
): Setting<T> => ({ help, placeholder, parse: (texts) => parse(first(texts)), fallback, ...details })

/** A value that nobody has to give. */
const maybe = <T>(
  placeholder: string,
  parse: Parse<T>,
  help: string,
  details?: Details,
): Setting<T | undefined> => one<T | undefined>(placeholder, parse, undefined, help, details)

const list = <T>(
  placeholder: string,
  parse: Parse<T>,
  help: string,
  details?: Details,
): Setting<readonly T[]> => ({
  help,
  placeholder,
  isList: true,
  parse: (texts) => texts.map(parse),
  fallback: [],
  ...details,
})

const flag = (help: string): Setting<boolean> => ({
  help,
  parse: (texts) => truth(first(texts)),
  fallback: false,
})

const hidden = { isSecret: true } as const

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export const table = {
  host: maybe('address', hostName, 'where to listen', { unset: 'everywhere' }),
  port: one('number', portNumber, 8080, 'where to listen, 0 for any free port'),
  path: one('path', urlPath, '', 'below which topics are found, as /signaling', { unset: 'the root' }),
  tlsCert: maybe(
    'file',
    fileName,
    'certificate chain (PEM): speak https and wss; read again when it changes',
  ),
  tlsKey: maybe('file', fileName, 'its private key (PEM)'),
  origin: list('origin', origin, 'an origin whose pages may connect; repeatable', { unset: 'any' }),
  trustProxy: flag('behind a proxy: take addresses from the last entry of X-Forwarded-For'),
  workers: one(
    'number',
    wholeNumber(1, 64),
    1,
    'processes that share the port; each topic is in one of them',
  ),
  maxRooms: maybe('number', wholeNumber(1, 1e9), 'rooms at a time', { unset: '100000' }),
  maxPeersPerRoom: maybe('number', wholeNumber(2, 256), 'peers of a room', { unset: '256' }),
  maxConnectionsPerIp: maybe('number', wholeNumber(1, 1e9), 'connections of an address', { unset: '1000' }),
  framesPerSecond: maybe('number', wholeNumber(1, 1e6), 'frames of a connection', { unset: '200' }),
  turnUrl: list('url', turnUrl, 'TURN server that members are given, with credentials; repeatable'),
  turnSecret: maybe('secret', secretOf(16), 'what coturn has as static-auth-secret', hidden),
  authSecret: maybe('secret', signingSecret, 'members need tokens that are signed with this', hidden),
  adminPassword: maybe('secret', secretOf(12), 'who has it gets tokens by POST /app', hidden),
  redis: maybe('url', redisUrl, 'several instances are one Sigver through this Redis', hidden),
  clusterSecret: maybe('secret', secretOf(16), 'the same for all instances: signs what they say', hidden),
  metricsPort: maybe('number', portNumber, 'where Prometheus finds /metrics, and /health'),
  metricsHost: one('address', hostName, '127.0.0.1', 'where the metrics listen'),
  logLevel: one('level', oneOf(...logLevels), 'info', `one of ${logLevels.join(', ')}`),
  logFormat: one('format', oneOf('json', 'readable'), 'json', 'json or readable'),
} satisfies Record<string, Setting<never> | Setting>

export type SettingName = keyof typeof table

export type Settings = {
  readonly [Name in SettingName]: (typeof table)[Name] extends Setting<infer T> ? T : never
}

const names = Object.keys(table)

export const isSettingName = (name: string): name is SettingName => Object.hasOwn(table, name)

export const settingNames: readonly SettingName[] = names.filter(isSettingName)

export const settingOf = (name: SettingName): Setting => table[name]

/** `--max-rooms` of maxRooms. */
export const flagOf = (name: string): string => '--' + name.replace(/[A-Z]/g, (c) => '-' + c.toLowerCase())

/** SIGVER_MAX_ROOMS of maxRooms. */
export const variableOf = (name: string): string =>
  'SIGVER_' + name.replace(/[A-Z]/g, (c) => '_' + c).toUpperCase()
