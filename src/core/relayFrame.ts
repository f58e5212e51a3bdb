// Relay frames as Sigver passes them on: the same layout comes in and goes out (proto/signaling.proto), so only the peer is
// replaced. Most of what Sigver hears is one of these. Used by signalingWire.ts, which understands all other frames too.
//   0x1a length  0x0a 15  0x0d id (4)  0x12 8 incarnation (8)  [0x12 length payload]
import * as limits from './limits.js'
import type { Peer, Relay } from './signalingWire.js'
import { fromHex, toHex } from './secrets.js'

/** What a relay begins with, and no other frame. */
export const RELAY_TAG = 0x1a

/** Of a peer, with its tag and length, up to its end. */
const PEER_BYTES = 17

/** Undefined: it is no relay, or is written in another way than the one that is ours. */
export function relayIn(bytes: Uint8Array): Relay | undefined {
  const start = bytes[0] === RELAY_TAG && bytes.length <= limits.payload ? bodyOf(bytes) : undefined
  if (start === undefined) return undefined
  const isPeer =
    bytes[start] === 0x0a && bytes[start + 1] === 15 && bytes[start + 2] === 0x0d && bytes[start + 7] === 0x12
  if (!isPeer || bytes[start + 8] !== 8) return undefined
  const payload = payloadAt(bytes, start + PEER_BYTES)
  const id = idAt(bytes, start + 3)
  if (!payload || id === 0) return undefined
  const incarnation = toHex(bytes.subarray(start + 9, start + PEER_BYTES))
  return { type: 'relay', peer: { id, incarnation }, payload }
}

/** What relayIn() understood becomes what its recipient gets, in its place: copies of frames cost the collector most. */
export function readdress(bytes: Uint8Array, { id, incarnation }: Peer): void {
  const start = bodyOf(bytes) ?? 0
  for (let i = 0; i < 4; i++) bytes[start + 3 + i] = id >>> (8 * i)
  bytes.set(fromHex(incarnation), start + 9)
}

/** Where a field's content begins, if it is the rest of the bytes. Of its length there is one shortest form, which is ours. */
function bodyOf(bytes: Uint8Array, tag = 0): number | undefined {
  const one = bytes[tag + 1] ?? 0
  const two = bytes[tag + 2] ?? 0
  const three = bytes[tag + 3] ?? 0
  const rest = bytes.length - tag
  if (rest >= 2 && one < 128) return one === rest - 2 ? tag + 2 : undefined
  if (rest >= 3 && two < 128) return two > 0 && (one & 127) + two * 128 === rest - 3 ? tag + 3 : undefined
  const length = (one & 127) + (two & 127) * 128 + three * 16_384
  return three > 0 && three < 128 && length === rest - 4 ? tag + 4 : undefined
}

/** The last field, which is not there when it is empty. */
function payloadAt(bytes: Uint8Array, tag: number): Uint8Array | undefined {
  if (bytes.length === tag) return bytes.subarray(tag)
  const start = bytes[tag] === 0x12 ? bodyOf(bytes, tag) : undefined
  return start === undefined || start === bytes.length ? undefined : bytes.subarray(start)
}

const idAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)) >>>
  0
