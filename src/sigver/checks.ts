// What no single setting shows: settings that need each other, and files that must be right. Called by command.ts.
import { readCertificate } from './certificate.js'
import { WrongSetting } from './configure.js'
import { flagOf, type SettingName, type Settings } from './settings.js'
import { messageOf } from '../io/connection.js'

/** @throws WrongSetting */
export function checkTogether(settings: Settings): void {
  bothOrNone(settings, 'tlsCert', 'tlsKey')
  bothOrNone(settings, 'turnUrl', 'turnSecret')
  bothOrNone(settings, 'redis', 'clusterSecret')
  if (settings.adminPassword !== undefined) needs(settings, 'adminPassword', 'authSecret')
  const { port, metricsPort, metricsHost, host } = settings
  if (metricsPort === port && port !== 0 && (host === undefined || host === metricsHost))
    throw new WrongSetting('--metrics-port is the same as --port')
  checkCertificate(settings)
}

/** What a server may go on with, but nobody wants. */
export function checkExpiry({ tlsCert, tlsKey }: Settings): void {
  if (tlsCert === undefined || tlsKey === undefined) return
  const { expires } = readCertificate({ cert: tlsCert, key: tlsKey })
  if (expires.getTime() < Date.now())
    throw new WrongSetting(`--tls-cert: ${tlsCert} expired at ${expires.toISOString()}`)
}

function checkCertificate({ tlsCert, tlsKey }: Settings): void {
  if (tlsCert === undefined || tlsKey === undefined) return
  try {
    readCertificate({ cert: tlsCert, key: tlsKey })
  } catch (error) {
    throw new WrongSetting(`--tls-cert and --tls-key: ${messageOf(error)}`)
  }
}

function bothOrNone(settings: Settings, one: SettingName, other: SettingName): void {
  if (isGiven(settings, one)) needs(settings, one, other)
  if (isGiven(settings, other)) needs(settings, other, one)
}

function needs(settings: Settings, one: SettingName, other: SettingName): void {
  if (!isGiven(settings, other)) throw new WrongSetting(`${flagOf(one)} needs ${flagOf(other)}`)
}

function isGiven(settings: Settings, name: SettingName): boolean {
  const value = settings[name]
  return Array.isArray(value) ? value.length > 0 : value !== undefined
}
