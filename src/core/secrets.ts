// Everything that is derived from a group's key, and a member's incarnation. Called once per join by the group, by the
// bot's lobby and by Sigver. The key itself never leaves the member, except to a bot that a member invites.
import { expand, extract } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Incarnation, Preimage } from './contract.js'

export interface Secrets {
  /** What Sigver sees: 43 characters of base64url. */
  readonly topic: string
  /** The same, 32 bytes. */
  readonly topicBytes: Uint8Array
  /** The group's id: the same everywhere, never 0. Not unique enough to decide anything. */
  readonly groupId: number
  /** Seals what is negotiated through others. */
  readonly seal: Uint8Array
  /** Proves on a link that one knows the key. */
  readonly proof: Uint8Array
}

const utf8 = new TextEncoder()
const SALT = utf8.encode('netflux/1')

/** HKDF-SHA-256 (RFC 5869) over the key, one output per purpose. */
export function deriveSecrets(key: string): Secrets {
  const secret = extract(sha256, utf8.encode(key), SALT)
  const derive = (purpose: string, length: number) => expand(sha256, secret, utf8.encode(purpose), length)
  const topicBytes = derive('topic', 32)
  return {
    topic: base64url(topicBytes),
    topicBytes,
    groupId: uint32(derive('id', 4)) || 1,
    seal: derive('seal', 32),
    proof: derive('proof', 32),
  }
}

const INCARNATION = utf8.encode('netflux/1 incarnation')

/** Everybody in a room knows the incarnations of the others; only a member itself can say what its own is made of. */
export function incarnationOf(preimage: Preimage): Incarnation {
  const hash = sha256.create().update(INCARNATION).update(fromHex(preimage))
  return toHex(hash.digest().subarray(0, 8))
}

/** HMAC-SHA-256 over the parts, each preceded by its length so that they cannot run into each other. */
export function authenticate(secret: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const mac = hmac.create(sha256, secret)
  const length = new Uint8Array(4)
  for (const part of parts) {
    new DataView(length.buffer).setUint32(0, part.length)
    mac.update(length).update(part)
  }
  return mac.digest()
}

export function uint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte] ?? ''
  return text
}

/** Of a hexadecimal string that this program made itself. */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = 16 * digit(text.charCodeAt(2 * i)) + digit(text.charCodeAt(2 * i + 1))
  return bytes
}

/** Of its character code: 0 to 9, a to f. */
const digit = (code: number): number => (code < 58 ? code - 48 : code - 87)

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export function base64url(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0x3fff
    bits += 8
    while (bits >= 6) {
      bits -= 6
      text += ALPHABET.charAt((held >> bits) & 63)
    }
  }
  return bits > 0 ? text + ALPHABET.charAt((held << (6 - bits)) & 63) : text
}

const LETTERS_AND_DIGITS = ALPHABET.slice(0, 62)

/** 42 letters and digits: 250 random bits. `random` gives strong bytes. */
export function generateKey(random: (bytes: number) => Uint8Array): string {
  let key = ''
  while (key.length < 42) {
    // 248 is the largest multiple of 62 in a byte: no letter is likelier than another.
    for (const byte of random(64))
      if (byte < 248 && key.length < 42) key += LETTERS_AND_DIGITS.charAt(byte % 62)
  }
  return key
}
