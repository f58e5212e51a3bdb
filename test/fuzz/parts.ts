// The parts that frames of all kinds are made of, most of them as they should be, some just beyond a limit.
import * as limits from '../../src/core/limits.js'
import { toHex } from '../../src/core/secrets.js'
import type { Random } from './random.js'

const URLS = ['', 'ws://10.0.0.1/', 'wss://bot.example/path', 'ws://[::1]:8080/', 'http://x/', 'ws://u:p@x/']

export const idOf = (random: Random): number => (random.once(30) ? 0 : random.uint32())

/** 8 bytes in hexadecimal; now and then of another length. */
export const incarnationOf = (random: Random): string =>
  toHex(random.bytes(random.once(30) ? random.below(20) : 8))

/** Likewise 16. */
export const preimageOf = (random: Random): string => toHex(bytesOf(random, 16))

/** So many bytes, or nearly. */
export const bytesOf = (random: Random, size: number): Uint8Array =>
  random.bytes(random.once(30) ? random.pick([0, size - 1, size + 1, 2 * size]) : size)

/** At most `limit` characters; now and then one more, or fewer characters than bytes. */
export function textOf(random: Random, limit: number): string {
  const length = random.once(20) ? random.pick([limit - 1, limit, limit + 1]) : random.below(12)
  return (random.once(8) ? 'é' : 'x').repeat(length)
}

export const urlOf = (random: Random): string =>
  random.once(10) ? textOf(random, limits.url) : random.pick(URLS)

/** How many of something of which there may be `limit`. */
export const countOf = (random: Random, limit: number): number =>
  random.once(200) ? random.pick([limit - 1, limit, limit + 1]) : random.below(4)
