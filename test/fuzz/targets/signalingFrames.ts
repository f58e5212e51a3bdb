// Frames to Sigver and from it: what is understood lies within limits.ts and has exactly one encoding.
import assert from 'node:assert/strict'
import { Writer } from '../../../src/core/bytes.js'
import * as limits from '../../../src/core/limits.js'
import {
  type Claim,
  decodeToPeer,
  decodeToServer,
  encodeToPeer,
  encodeToServer,
  type Peer,
  peerOf,
  type ToPeer,
  type ToServer,
} from '../../../src/core/signalingWire.js'
import { mutateFields } from '../fields.js'
import { countOf, idOf, incarnationOf, preimageOf } from '../parts.js'
import type { Random } from '../random.js'
import type { Target } from '../target.js'

const anyPeer = (random: Random): Peer => ({ id: idOf(random), incarnation: incarnationOf(random) })
/** All incarnations of a list are one field: mutations of it make wrong lengths. */
const peersOf = (random: Random): Peer[] =>
  random.list(countOf(random, limits.members), () => ({
    id: random.uint32() || random.below(2),
    incarnation: '0123456789abcdef',
  }))
const claimOf = (random: Random): Claim => ({ members: peersOf(random), check: random.once(2) })

function toServerOf(random: Random): ToServer {
  const type = random.pick(['announce', 'claim', 'relay', 'unreachable', 'ping'] as const)
  const peer = anyPeer(random)
  switch (type) {
    case 'announce':
      return {
        type,
        version: random.uint32(),
        id: peer.id,
        preimage: preimageOf(random),
        favored: random.once(2),
        claim: claimOf(random),
        token: random.once(3) ? 'a token' : '',
      }
    case 'claim':
      return { type, claim: claimOf(random) }
    case 'relay':
      return { type, peer, payload: random.few(300) }
    case 'unreachable':
      return { type, peer }
    case 'ping':
      return { type }
  }
}

function toPeerOf(random: Random): ToPeer {
  const type = random.pick(['connected', 'introduction', 'relay', 'gone', 'pong'] as const)
  const peer = anyPeer(random)
  switch (type) {
    case 'introduction':
      return {
        type,
        peer,
        others: random.once(2) ? peersOf(random) : [],
        favored: random.once(2) ? [peer.id] : [],
      }
    case 'relay':
      return { type, peer, payload: random.few(300) }
    case 'gone':
      return { type, peers: peersOf(random) }
    default:
      return { type }
  }
}

function assertPeer({ id, incarnation }: Peer): void {
  assert.ok(id > 0 && id <= 0xffffffff && incarnation.length === 16)
}

function assertPeers(peers: readonly Peer[]): void {
  assert.ok(peers.length <= limits.members)
  peers.forEach(assertPeer)
}

function assertWithinLimits(frame: ToServer | ToPeer): void {
  if ('peer' in frame) assertPeer(frame.peer)
  if ('preimage' in frame) {
    assert.equal(frame.preimage.length, 32)
    assertPeer(peerOf(frame))
  }
  if ('peers' in frame) assertPeers(frame.peers)
  if ('claim' in frame) assertPeers(frame.claim.members)
  if ('payload' in frame) assert.ok(frame.payload.length < limits.payload)
}

/** The promise that there is no second way to say the same: no unknown fields, no defaults, nothing twice. */
function assertSameLength(input: Uint8Array, encoded: Uint8Array): void {
  assert.equal(encoded.length, input.length, 'encoded again it has another length')
}

/** A frame whose field of this number is full of the same small part, up to the end. */
function flood(field: number, part: string): Uint8Array {
  const writer = new Writer()
  writer.uint32((field << 3) | 2)
  writer.delimited(Buffer.alloc(limits.payload - 4, Buffer.from(part, 'hex')))
  return writer.finish()
}

const FLOODS = [
  ...[1, 2, 3, 4].flatMap((field) =>
    ['0a00', '1200', '0d00000000', '0a021200', '0a060a0400000000'].map((part) => flood(field, part)),
  ),
  // Whole frames, in what should be one.
  ...['0a00', '1200', '1a00', '2a00', '12060a040d00000000', '7800', '220b0a090d00000000'].map((part) =>
    Uint8Array.from(Buffer.from(part, 'hex')),
  ),
]

const common = {
  restructure: mutateFields,
  floods: FLOODS,
  largest: limits.payload,
  // Two bytes may be an empty field that is said again and again: a view each time, and garbage the next.
  memory: { times: 80, constant: 16_000 },
}

export const framesToSigver: Target = {
  ...common,
  name: 'frames-to-sigver',
  valid: (random) => encodeToServer(toServerOf(random)),
  decode: decodeToServer,
  check(input) {
    const frame = decodeToServer(input)
    if (!frame) return
    assertWithinLimits(frame)
    assertSameLength(input, encodeToServer(frame))
  },
  weight: 2,
}

export const framesFromSigver: Target = {
  ...common,
  name: 'frames-from-sigver',
  valid: (random) => encodeToPeer(toPeerOf(random)),
  decode: decodeToPeer,
  check(input) {
    const frame = decodeToPeer(input)
    if (!frame) return
    assertWithinLimits(frame)
    assertSameLength(input, encodeToPeer(frame))
  },
  weight: 1.5,
}
