// Relays are read and passed on without their being decoded: that has to be the same as decoding and encoding them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as limits from '../../src/core/limits.js'
import { signaling as proto } from '../../src/core/generated/signaling.js'
import { readdress, relayIn } from '../../src/core/relayFrame.js'
import { toHex } from '../../src/core/secrets.js'
import { decodeToPeer, encodeToPeer, encodeToServer, type Peer } from '../../src/core/signalingWire.js'

const anyPeer: fc.Arbitrary<Peer> = fc.record({
  id: fc.integer({ min: 1, max: 0xffffffff }),
  incarnation: fc.uint8Array({ minLength: 8, maxLength: 8 }).map(toHex),
})
/** Around the lengths at which the length of a length changes, too. */
const anyPayload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .oneof(fc.integer({ min: 100, max: 130 }), fc.integer({ min: 16_350, max: 16_390 }))
    .map((length) => new Uint8Array(length).fill(length)),
)
const relayTo = (peer: Peer, payload: Uint8Array) => encodeToServer({ type: 'relay', peer, payload })

test('a relay that was encoded is understood', () => {
  fc.assert(
    fc.property(anyPeer, anyPayload, (peer, payload) => {
      assert.deepEqual({ ...relayIn(relayTo(peer, payload)) }, { type: 'relay', peer: { ...peer }, payload })
    }),
  )
})

test('what is passed on is what encoding it anew would give, in its place', () => {
  fc.assert(
    fc.property(anyPeer, anyPeer, anyPayload, (to, from, payload) => {
      const bytes = relayTo(to, payload)
      readdress(bytes, from)
      assert.deepEqual(bytes, encodeToPeer({ type: 'relay', peer: from, payload }))
      assert.equal(decodeToPeer(bytes)?.type, 'relay')
    }),
  )
})

test('only what encoding gives is understood, whatever is changed, cut off or added', () => {
  const anyEdit = fc.record({
    at: fc.nat(200),
    byte: fc.integer({ min: 0, max: 255 }),
    cut: fc.nat(3),
    added: fc.uint8Array({ maxLength: 3 }),
  })
  fc.assert(
    fc.property(anyPeer, anyPayload, anyEdit, (peer, payload, { at, byte, cut, added }) => {
      const bytes = relayTo(peer, payload)
      bytes[at % bytes.length] = byte
      const edited = Uint8Array.from([...bytes.subarray(0, bytes.length - cut), ...added])
      const relay = relayIn(edited)
      if (relay) assert.deepEqual(relayTo(relay.peer, relay.payload), edited)
    }),
    { numRuns: 2_000 },
  )
})

test('one of nobody, one that says its length in a longer way, and one in another order are not understood', () => {
  const peer = { id: 0x01020304, incarnation: new Uint8Array(8).fill(9) }
  const good = proto.ToServer.encode({ relay: { peer, payload: Uint8Array.of(1) } })
  assert.ok(relayIn(good))
  const body = good.subarray(2)
  const others: readonly Uint8Array[] = [
    proto.ToServer.encode({ relay: { peer: { ...peer, id: 0 }, payload: Uint8Array.of(1) } }),
    Uint8Array.of(0x1a, body.length | 128, 0, ...body),
    Uint8Array.of(0x1a, body.length, ...body.subarray(17), ...body.subarray(0, 17)),
    Uint8Array.of(0x1a, 19, ...body.subarray(0, 17), 0x12, 0),
    Uint8Array.of(0x22, ...good.subarray(1)),
    relayTo({ id: 1, incarnation: '0011223344556677' }, new Uint8Array(limits.payload)),
  ]
  for (const bytes of others) assert.equal(relayIn(bytes), undefined)
})
