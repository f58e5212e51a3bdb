// Signaling frames: what is encoded comes back, and nothing else is understood. What any bytes may do is in test/fuzz.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as limits from '../../src/core/limits.js'
import {
  decodeToPeer,
  decodeToServer,
  encodeToPeer,
  encodeToServer,
  type Peer,
  type ToPeer,
  type ToServer,
} from '../../src/core/signalingWire.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const peerOf = (id: number): Peer => ({ id, incarnation: hex(new Uint8Array(8).fill(id)) })
const peersOf = (count: number) => Array.from({ length: count }, (_, i) => peerOf(i + 1))

/** Decoders make ordinary objects. */
const ordinary = { noNullPrototype: true }

const anyPeer: fc.Arbitrary<Peer> = fc.record(
  {
    id: fc.integer({ min: 1, max: 0xffffffff }),
    incarnation: fc.uint8Array({ minLength: 8, maxLength: 8 }).map(hex),
  },
  ordinary,
)
const anyPeers = fc.array(anyPeer, { maxLength: 20 })
const anyClaim = fc.record({ members: anyPeers, check: fc.boolean() }, ordinary)
const anyRelay = fc.record(
  {
    type: fc.constant('relay' as const),
    peer: anyPeer,
    payload: fc.uint8Array({ maxLength: 300 }),
  },
  ordinary,
)

const anyToServer: fc.Arbitrary<ToServer> = fc.oneof(
  fc.record(
    {
      type: fc.constant('announce' as const),
      version: fc.integer({ min: 0, max: 0xffffffff }),
      id: fc.integer({ min: 1, max: 0xffffffff }),
      preimage: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(hex),
      favored: fc.boolean(),
      token: fc.string({ maxLength: 40 }),
      claim: anyClaim,
    },
    ordinary,
  ),
  fc.record({ type: fc.constant('claim' as const), claim: anyClaim }, ordinary),
  anyRelay,
  fc.record({ type: fc.constant('unreachable' as const), peer: anyPeer }, ordinary),
  fc.constant({ type: 'ping' as const }),
)
const anyToPeer: fc.Arbitrary<ToPeer> = fc.oneof(
  fc.constant({ type: 'connected' as const }),
  fc.record(
    {
      type: fc.constant('introduction' as const),
      peer: anyPeer,
      others: anyPeers,
      favored: fc.array(fc.integer({ min: 1, max: 0xffffffff }), { maxLength: 8 }),
    },
    ordinary,
  ),
  anyRelay,
  fc.record({ type: fc.constant('gone' as const), peers: anyPeers }, ordinary),
  fc.constant({ type: 'pong' as const }),
  fc.record(
    {
      type: fc.constant('turn' as const),
      urls: fc.array(fc.string({ maxLength: 40 }), { maxLength: limits.turnUrls }),
      username: fc.string({ maxLength: 40 }),
      credential: fc.string({ maxLength: 40 }),
    },
    ordinary,
  ),
  fc.record({ type: fc.constant('away' as const), after: fc.integer({ min: 0, max: 0xffffffff }) }, ordinary),
)

/** A payload is a view of the input, in Node a Buffer. */
const plain = <Frame extends object>(frame: Frame | undefined) =>
  frame && 'payload' in frame && frame.payload instanceof Uint8Array
    ? { ...frame, payload: Uint8Array.from(frame.payload) }
    : frame

const directions = [
  { name: 'to Sigver', any: anyToServer.map(encodeToServer), decode: decodeToServer },
  { name: 'to a peer', any: anyToPeer.map(encodeToPeer), decode: decodeToPeer },
] as const

test('every frame to Sigver comes back as it was', () => {
  fc.assert(
    fc.property(anyToServer, (frame) => {
      assert.deepEqual(plain(decodeToServer(encodeToServer(frame))), frame)
    }),
  )
})

test('every frame to a peer comes back as it was', () => {
  fc.assert(
    fc.property(anyToPeer, (frame) => {
      assert.deepEqual(plain(decodeToPeer(encodeToPeer(frame))), frame)
    }),
  )
})

test('the encoding of version 1 does not change', () => {
  const peer = { id: 0x01020304, incarnation: '00112233445566ff' }
  const claim = { members: [{ id: 5, incarnation: 'ffffffffffffffff' }], check: true }
  const preimage = '00112233445566778899aabbccddeeff'
  const announce = { type: 'announce', version: 1, id: 7, preimage, favored: true, claim, token: '' } as const
  const name = '0d 04030201 12 08 00112233445566ff'
  const me = `15 07000000 1a 10 ${preimage}`
  const expected = `0a 31 08 01 ${me} 20 01 2a 14 0a 10 0a 04 05000000 12 08 ffffffffffffffff 10 01`
  assert.equal(hex(encodeToServer(announce)), expected.replaceAll(' ', ''))
  const relay = { type: 'relay', peer, payload: Uint8Array.of(7) } as const
  assert.equal(hex(encodeToServer(relay)), `1a 14 0a 0f ${name} 12 01 07`.replaceAll(' ', ''))
  assert.equal(hex(encodeToServer({ type: 'ping' })), '2a00')
  assert.equal(hex(encodeToPeer({ type: 'connected' })), '0a00')
  assert.equal(hex(encodeToPeer({ type: 'pong' })), '2a00')
})

for (const { name, any, decode } of directions) {
  test(`a frame ${name} that was cut is not understood`, () => {
    fc.assert(
      fc.property(any, fc.nat(), (frame, at) => {
        assert.equal(decode(frame.subarray(0, at % frame.length)), undefined)
      }),
    )
  })

  test(`a frame ${name} with something behind it is not understood`, () => {
    fc.assert(
      fc.property(any, fc.uint8Array({ minLength: 1, maxLength: 40 }), (frame, rest) => {
        assert.equal(decode(Buffer.concat([frame, rest])), undefined)
      }),
    )
  })
}

test('an empty frame and an unknown one are not understood', () => {
  for (const { decode } of directions) {
    assert.equal(decode(new Uint8Array(0)), undefined)
    assert.equal(decode(bytes('7a00')), undefined)
    assert.equal(decode(bytes('2a00 7801')), undefined)
  }
})

test('two frames in one message are not understood', () => {
  assert.equal(decodeToServer(bytes('2a00 2a00')), undefined)
  assert.equal(decodeToPeer(bytes('0a00 2a00')), undefined)
})

test('an id 0 and an incarnation of another length are not understood', () => {
  const unreachable = (peer: string) => decodeToServer(bytes(`22 ${peer}`))
  assert.notEqual(unreachable('11 0a 0f 0d 01000000 12 08 0011223344556677'), undefined)
  assert.equal(unreachable('11 0a 0f 0d 00000000 12 08 0011223344556677'), undefined)
  assert.equal(unreachable('0c 0a 0a 12 08 0011223344556677'), undefined)
  assert.equal(unreachable('10 0a 0e 0d 01000000 12 07 00112233445566'), undefined)
  assert.equal(unreachable('12 0a 10 0d 01000000 12 09 001122334455667788'), undefined)
  assert.equal(unreachable('07 0a 05 0d 01000000'), undefined)
  assert.equal(unreachable('00'), undefined)
})

const announced = {
  type: 'announce',
  version: 1,
  favored: false,
  claim: { members: [], check: true },
  token: '',
} as const

test('an announcement with id 0 or a preimage of another length is not understood', () => {
  const announce = (id: number, preimage: string) =>
    decodeToServer(encodeToServer({ ...announced, id, preimage }))
  assert.notEqual(announce(1, '0123456789abcdef0123456789abcdef'), undefined)
  assert.equal(announce(0, '0123456789abcdef0123456789abcdef'), undefined)
  for (const preimage of ['', '0123456789abcdef', '0123456789abcdef0123456789abcdef00'])
    assert.equal(announce(1, preimage), undefined)
})

test('a claim whose ids and incarnations do not pair is not understood', () => {
  const claim = (peers: string) => decodeToServer(bytes(`12 ${peers}`))
  assert.notEqual(claim('12 0a 10 0a 04 01000000 12 08 0011223344556677'), undefined)
  assert.equal(claim('16 0a 14 0a 08 01000000 02000000 12 08 0011223344556677'), undefined)
  assert.equal(claim('12 0a 10 0a 04 00000000 12 08 0011223344556677'), undefined)
  assert.equal(claim('08 0a 06 0a 04 01000000'), undefined)
  assert.equal(claim('00'), undefined)
})

test('a claim of more members than limits.members is not understood', () => {
  const claim = (count: number) =>
    encodeToServer({ type: 'claim', claim: { members: peersOf(count), check: false } })
  assert.notEqual(decodeToServer(claim(limits.members)), undefined)
  assert.equal(decodeToServer(claim(limits.members + 1)), undefined)
})

test('a frame above limits.payload is not understood', () => {
  const relay = (size: number) =>
    encodeToServer({ type: 'relay', peer: peerOf(1), payload: new Uint8Array(size) })
  assert.equal(relay(limits.payload - 25).length, limits.payload)
  assert.notEqual(decodeToServer(relay(limits.payload - 25)), undefined)
  assert.equal(decodeToServer(relay(limits.payload - 24)), undefined)
  const toPeer = (length: number) =>
    encodeToPeer({
      type: 'relay',
      peer: { id: 1, incarnation: '0011223344556677' },
      payload: new Uint8Array(length),
    })
  assert.notEqual(decodeToPeer(toPeer(limits.payload - 25)), undefined)
  assert.equal(decodeToPeer(toPeer(limits.payload - 24)), undefined)
})
