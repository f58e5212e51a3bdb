// Frames between members: what decodeFrame() returns lies within limits.ts, and is read again from its own encoding.
import assert from 'node:assert/strict'
import { Reader, Writer } from '../../../src/core/bytes.js'
import * as limits from '../../../src/core/limits.js'
import {
  type Announcement,
  decodeFrame,
  encodeFrame,
  type Envelope,
  type Frame,
  type Hello,
  type LinkName,
} from '../../../src/core/wire.js'
import { mutateFields } from '../fields.js'
import { bytesOf, countOf, idOf, incarnationOf, textOf, urlOf } from '../parts.js'
import type { Random } from '../random.js'
import type { Target } from '../target.js'

const linkNameOf = (random: Random): LinkName => ({ dialer: random.uint32(), attempt: random.uint32() })

function helloOf(random: Random): Hello {
  const knowsPeer = random.once(2)
  return {
    versionMin: random.uint32(),
    versionMax: random.uint32(),
    topic: bytesOf(random, 32),
    id: idOf(random),
    incarnation: incarnationOf(random),
    peerId: knowsPeer ? idOf(random) : 0,
    peerIncarnation: knowsPeer ? incarnationOf(random) : '',
    nonce: bytesOf(random, 16),
    proof: bytesOf(random, 32),
    name: linkNameOf(random),
    url: urlOf(random),
    held: random.list(countOf(random, 8), () => linkNameOf(random)),
    key: random.once(2) ? '' : textOf(random, limits.keyLength),
    tag: random.uint32(),
  }
}

const announcementOf = (random: Random): Announcement => ({
  id: idOf(random),
  incarnation: incarnationOf(random),
  version: random.uint32(),
  neighbors: random.list(countOf(random, limits.members), () => random.uint32()),
  url: urlOf(random),
  rtc: random.once(2),
})

const KINDS = [
  'challenge',
  'hello',
  'announcements',
  'open',
  'data',
  'ack',
  'reset',
  'ping',
  'signal',
] as const

function frameOf(random: Random): Frame {
  const [tag, number, ack, bulkAck] = [random.uint32(), random.uint32(), random.uint32(), random.uint32()]
  const type = random.pick(KINDS)
  switch (type) {
    case 'challenge':
      return { type, version: number, nonce: bytesOf(random, 16) }
    case 'hello':
      return { type, hello: helloOf(random) }
    case 'announcements':
      return {
        type,
        members: random.list(countOf(random, random.once(4) ? limits.members : 8), () =>
          announcementOf(random),
        ),
      }
    case 'open':
      return {
        type,
        tag,
        peerTag: number,
        incarnation: incarnationOf(random),
        peerIncarnation: incarnationOf(random),
        isOpen: random.once(2),
      }
    case 'data':
      return { type, tag, bulk: random.once(2), number, ack, bulkAck }
    case 'ack':
      return { type, tag, ack, bulkAck, gap: random.once(2) }
    case 'reset':
      return { type, tag }
    case 'ping':
      return random.once(2) ? { type: 'ping', number, tag: number } : { type: 'pong', number }
    case 'signal':
      return { type }
  }
}

function valid(random: Random): Uint8Array {
  const isRouted = random.once(2)
  const hops = random.once(10) ? limits.hops + random.below(2) : random.below(limits.hops)
  const route = isRouted ? { from: idOf(random), to: idOf(random), hops } : undefined
  return encodeFrame(frameOf(random), route, random.few(100))
}

/** The frame's fields change, its length is right again, what follows stays. */
function restructure(bytes: Uint8Array, random: Random): Uint8Array {
  const reader = new Reader(bytes)
  const writer = new Writer()
  writer.delimited(mutateFields(reader.delimited(), random))
  return Buffer.concat([writer.finish(), reader.rest()])
}

function assertWithinLimits({ frame, from, to, hops }: Envelope): void {
  assert.ok((from === 0) === (to === 0) && hops <= limits.hops)
  switch (frame.type) {
    case 'challenge':
      return assert.equal(frame.nonce.length, 16)
    case 'open':
      assert.ok(frame.tag !== 0)
      return assert.ok(frame.incarnation.length === 16 && frame.peerIncarnation.length === 16)
    case 'announcements':
      assert.ok(frame.members.length <= limits.members)
      for (const { id, incarnation, neighbors, url } of frame.members) {
        assert.ok(id > 0 && incarnation.length === 16)
        assert.ok(neighbors.length <= limits.members && url.length <= limits.url)
      }
      return
    case 'hello': {
      const { id, topic, nonce, proof, url, key, held, peerId, peerIncarnation, incarnation } = frame.hello
      assert.ok(id > 0 && incarnation.length === 16)
      assert.ok(topic.length === 32 && nonce.length === 16 && proof.length === 32)
      assert.ok(url.length <= limits.url && key.length <= limits.keyLength && held.length <= 8)
      assert.equal(peerIncarnation.length, peerId === 0 ? 0 : 16)
    }
  }
}

function check(input: Uint8Array): void {
  const envelope = decodeFrame(input)
  if (!envelope) return
  const { frame, payload } = envelope
  assert.ok(input.length <= limits.frame && payload.length < input.length)
  assertWithinLimits(envelope)
  const encoded = encodeFrame(frame, envelope, payload)
  // Not the same length: an encoding may be longer than it need be. But never longer than what came.
  assert.ok(encoded.length <= input.length, `encoded again it has ${encoded.length} bytes`)
  const again = decodeFrame(encoded)
  assert.ok(again, 'its own encoding is not understood')
  assert.ok(Buffer.from(encodeFrame(again.frame, again, again.payload)).equals(encoded))
}

/** A frame whose field of this number is full of the same small part, up to the end. */
function flood(field: number, part: string): Uint8Array {
  const [body, frame] = [new Writer(), new Writer()]
  body.uint32((field << 3) | 2)
  body.delimited(Buffer.alloc(limits.frame - 7, Buffer.from(part, 'hex')))
  frame.delimited(body.finish())
  return frame.finish()
}

const [HELLO, ANNOUNCEMENTS, OPEN, SIGNAL] = [5, 6, 7, 13]

const FLOODS = [
  flood(ANNOUNCEMENTS, '0a00'), // empty members
  flood(ANNOUNCEMENTS, '0a022200'),
  flood(ANNOUNCEMENTS, '0a050d01000000'),
  flood(HELLO, '6200'), // empty names of links
  flood(HELLO, '0d00000000'),
  flood(HELLO, '1a00'),
  flood(HELLO, '7200'),
  flood(OPEN, '1a00'),
  flood(SIGNAL, '0a00'),
  // Whole frames, in what should be one.
  ...['32020a00', '0a00', '2200', '2a00', '12021200', '0d00000000'].map((part) => {
    const frame = new Writer()
    frame.delimited(Buffer.alloc(limits.frame - 3, Buffer.from(part, 'hex')))
    return frame.finish()
  }),
]

export const peerFrames: Target = {
  name: 'peer-frames',
  valid,
  restructure,
  floods: FLOODS,
  largest: limits.frame,
  decode: decodeFrame,
  check,
  // Two bytes may be a member, which is an object of six fields, an array and a string.
  memory: { times: 120, constant: 16_000 },
  weight: 3,
}
