// What tests send, as a description that is short enough to hand to a page, and how what arrives is compared: by hash.
// Both ends make the same data of the same description, so megabytes never pass through the browser's debugger.
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js'

export type Payload =
  | { readonly text: string }
  /** So many bytes that look random. */
  | { readonly bytes: number; readonly seed: number }
  /** So many characters of all planes of Unicode. */
  | { readonly characters: number; readonly seed: number }

/** What arrived, or shall arrive: how many messages, and one hash over all of them in order. */
export interface Digest {
  readonly count: number
  readonly hash: string
}

const EMPTY: Digest = { count: 0, hash: '' }

export function make(payload: Payload): string | Uint8Array {
  if ('text' in payload) return payload.text
  const random = generator(payload.seed)
  return 'bytes' in payload ? randomBytes(payload.bytes, random) : randomText(payload.characters, random)
}

/** The digest of everything before and this message. A string and its UTF-8 bytes are different. */
export function digest(before: Digest, data: string | Uint8Array): Digest {
  const isText = typeof data === 'string'
  const content = sha256(isText ? new TextEncoder().encode(data) : data)
  const link = new TextEncoder().encode(`${before.hash} ${isText ? 'string' : 'binary'} ${data.length} `)
  return { count: before.count + 1, hash: bytesToHex(sha256(concatBytes(link, content))) }
}

export function digestOf(payloads: readonly Payload[]): Digest {
  return payloads.reduce((before, payload) => digest(before, make(payload)), EMPTY)
}

/** Different small messages whose order can be told. */
export function smallPayloads(count: number, name = ''): Payload[] {
  return Array.from({ length: count }, (_, index) => ({ text: `${name} ${index}` }))
}

function randomBytes(size: number, random: () => number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at++) bytes[at] = random()
  return bytes
}

/** ASCII with its controls, accents, Hebrew, a byte order mark, a joiner, CJK, private use, and planes 1 to 16. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x7f],
  [0x80, 0x36f],
  [0x590, 0x5f4],
  [0xfeff, 0xfeff],
  [0x200b, 0x200f],
  [0x4e00, 0x9fff],
  [0xe000, 0xf8ff],
  [0x1f300, 0x1faff],
  [0x10000, 0x10ffff],
]

function randomText(length: number, random: () => number): string {
  const characters: string[] = []
  for (let at = 0; at < length; at++) {
    const [from, to] = RANGES[random() % RANGES.length] ?? [0, 0]
    characters.push(String.fromCodePoint(from + (random() % (to - from + 1))))
  }
  return characters.join('')
}

/** xorshift32: the same numbers everywhere. */
function generator(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}
