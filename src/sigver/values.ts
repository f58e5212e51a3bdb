// How the text of a setting becomes its value: one function per kind. Used by the table in settings.ts; a WrongValue says
// what the text should have been, and whoever read it says where it stood.
import { isIP } from 'node:net'
import { isTopic } from '../core/door.js'

export class WrongValue extends Error {
  override readonly name = 'WrongValue'
}

export type Parse<T> = (text: string) => T

const wrong = (what: string): WrongValue => new WrongValue(`it is not ${what}`)

/** Text of a form that a pattern tells. */
const matching =
  (pattern: RegExp, what: string): Parse<string> =>
  (text) => {
    if (!pattern.test(text)) throw wrong(what)
    return text
  }

export const hostName: Parse<string> = (text) => {
  if (isIP(text) || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)) return text
  throw wrong('the name or the address of a network interface')
}

export const urlPath = matching(/^(\/[^?#\s]*)?$/, 'a path that begins with a slash')

export const fileName = matching(/./, 'the name of a file')

export const wholeNumber =
  (least: number, most: number): Parse<number> =>
  (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number >= least && number <= most) return number
    throw wrong(`a whole number from ${least} to ${most}`)
  }

export const portNumber = wholeNumber(0, 65535)

export const truth: Parse<boolean> = (text) => {
  if (/^(true|1|yes|on)$/i.test(text)) return true
  if (/^(false|0|no|off)$/i.test(text)) return false
  throw wrong('true or false')
}

export const oneOf =
  <T extends string>(...words: readonly T[]): Parse<T> =>
  (text) => {
    const found = words.find((word) => word === text)
    if (found === undefined) throw wrong(`one of ${words.join(', ')}`)
    return found
  }

/** What browsers send as Origin. "null" is the origin of too many pages to be allowed. */
export const origin: Parse<string> = (text) => {
  if (URL.canParse(text) && new URL(text).origin === text && text !== 'null') return text
  throw wrong('an origin such as https://example.org, without a path')
}

export const turnUrl = matching(
  /^turns?:[^\s?]+(\?transport=(udp|tcp))?$/,
  'a URL such as turn:turn.example.org',
)

export const redisUrl = matching(/^rediss?:\/\/[^\s]+$/, 'a URL such as redis://redis.example.org:6379')

/** HS256 wants a key as long as its hash. */
export const signingSecret: Parse<string> = (text) => {
  if (Buffer.byteLength(text) >= 32) return text
  throw new WrongValue('it is shorter than 32 bytes')
}

export const secretOf =
  (length: number): Parse<string> =>
  (text) => {
    if (text.length >= length) return text
    throw new WrongValue(`it is shorter than ${length} characters`)
  }

const secondsIn = { s: 1, m: 60, h: 3600, d: 86_400 }
const MOST_SECONDS = 10 * 365 * secondsIn.d

/** "90s", "15m", "1h", "30d": seconds. */
export const duration: Parse<number> = (text) => {
  const [, number, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  const seconds = Number(number) * (secondsIn[unit as keyof typeof secondsIn] ?? NaN)
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds
  throw wrong('a duration such as 90s, 15m, 1h or 30d')
}

/** It stands in tokens and logs. */
export const appName = matching(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  'a name of 1 to 100 letters, digits, dots, dashes',
)

/** As members have it in their URL. */
export const topicName: Parse<string> = (text) => {
  if (isTopic(text)) return text
  throw wrong('a topic: 43 characters of base64url')
}
