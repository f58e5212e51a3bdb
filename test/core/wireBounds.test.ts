// Frames of peers with more in them than our limits allow are none, and neither are those with a 0 for a name.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { UNKNOWN } from '../../src/core/negotiation.js'
import { type NegotiationMessage, type NegotiationStep, seal, unseal } from '../../src/core/sealing.js'
import { type Announcement, decodeFrame, encodeFrame, type Hello } from '../../src/core/wire.js'

const incarnation = '0000000000000001'
const announcement: Announcement = { id: 1, incarnation, version: 1, neighbors: [], url: '', rtc: true }
const announced = (...members: Announcement[]) => decodeFrame(encodeFrame({ type: 'announcements', members }))
const many = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

it('a table has so many members, and each of them so many neighbours', () => {
  assert.ok(announced(...many(limits.members).map((id) => ({ ...announcement, id }))))
  assert.equal(announced(...many(limits.members + 1).map((id) => ({ ...announcement, id }))), undefined)
  assert.ok(announced({ ...announcement, neighbors: many(limits.members) }))
  assert.equal(announced({ ...announcement, neighbors: many(limits.members + 1) }), undefined)
})

it('no member is called 0, and no session', () => {
  assert.equal(announced({ ...announcement, id: 0 }), undefined)
  const open = { type: 'open', peerTag: 0, incarnation, peerIncarnation: incarnation, isOpen: false } as const
  assert.ok(decodeFrame(encodeFrame({ ...open, tag: 1 })))
  assert.equal(decodeFrame(encodeFrame({ ...open, tag: 0 })), undefined)
})

it('a route has two ends, and so many hops', () => {
  const routed = (from: number, to: number, hops: number) =>
    decodeFrame(encodeFrame({ type: 'signal' }, { from, to, hops }))
  assert.ok(routed(1, 2, limits.hops))
  assert.equal(routed(1, 2, limits.hops + 1), undefined)
  assert.equal(routed(1, 0, 0), undefined)
})

it('a hello lists at most 8 links, and is short', () => {
  const hello: Hello = {
    versionMin: 1,
    versionMax: 1,
    topic: new Uint8Array(32),
    id: 1,
    incarnation,
    peerId: 0,
    peerIncarnation: '',
    nonce: new Uint8Array(16),
    proof: new Uint8Array(32),
    name: { dialer: 1, attempt: 1 },
    url: '',
    held: [],
    key: '',
    tag: 0,
  }
  const said = (more: Partial<Hello>) =>
    decodeFrame(encodeFrame({ type: 'hello', hello: { ...hello, ...more } }))
  const held = many(9).map((attempt) => ({ dialer: 1, attempt }))
  assert.ok(said({ held: held.slice(1) }))
  assert.equal(said({ held }), undefined)
  // Of three bytes each.
  assert.equal(said({ key: '€'.repeat(limits.keyLength), url: '€'.repeat(limits.url) }), undefined)
})

it('a sealed message holds descriptions, candidates and URLs of such a length only', () => {
  const secret = new Uint8Array(32)
  const opened = (step: NegotiationStep, url = '') => {
    const side = { ...UNKNOWN, url }
    const message: NegotiationMessage = {
      incarnation,
      peerIncarnation: incarnation,
      attempt: 1,
      fromInitiator: true,
      sides: { initiator: side, responder: UNKNOWN },
      step,
    }
    return unseal(secret, 1, 2, seal(secret, new Uint8Array(24), 1, 2, message))
  }
  const offer = (length: number) => opened({ type: 'offer', link: 1, sdp: 'x'.repeat(length) })
  const candidates = (count: number, length: number) =>
    opened({ type: 'candidates', link: 1, dialer: 1, candidates: many(count).map(() => 'x'.repeat(length)) })
  assert.ok(offer(limits.sdp) && candidates(limits.candidates, 10) && candidates(1, limits.candidate))
  assert.equal(offer(limits.sdp + 1), undefined)
  assert.equal(candidates(limits.candidates + 1, 10), undefined)
  assert.equal(candidates(1, limits.candidate + 1), undefined)
  assert.ok(opened({ type: 'turn' }, 'x'.repeat(limits.url)))
  assert.equal(opened({ type: 'turn' }, 'x'.repeat(limits.url + 1)), undefined)
})
