// What travels through Sigver says nothing to it, and nothing that it alters, swaps or replays is taken (promise G9).
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { UNKNOWN } from '../../src/core/negotiation.js'
import { type NegotiationMessage, seal, unseal } from '../../src/core/sealing.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { pair } from './dialingSide.js'

const secret = deriveSecrets('the key').seal
const nonce = (first: number) => new Uint8Array(24).fill(first)
const offer: NegotiationMessage = {
  incarnation: '0000000000000001',
  peerIncarnation: '0000000000000002',
  attempt: 3,
  fromInitiator: true,
  sides: { initiator: { ...UNKNOWN, known: true, rtc: true, url: 'ws://bot/' }, responder: UNKNOWN },
  step: { type: 'offer', link: 4, sdp: 'v=0 the description with its fingerprint' },
}

describe('a sealed message', () => {
  const sealed = seal(secret, nonce(1), 1, 2, offer)

  it('is opened by a member, unchanged', () => {
    assert.deepEqual(unseal(secret, 1, 2, sealed), offer)
  })

  it('shows nothing of its content', () => {
    const text = Buffer.from(sealed).toString('latin1')
    for (const word of ['description', 'ws://bot', 'v=0']) assert.ok(!text.includes(word))
  })

  it('is refused when any of its bytes was changed, or when it was cut', () => {
    for (let i = 0; i < sealed.length; i++) {
      const changed = Uint8Array.from(sealed)
      changed[i] = (changed[i] ?? 0) ^ 1
      assert.equal(unseal(secret, 1, 2, changed), undefined, `byte ${i}`)
    }
    for (let length = 0; length < sealed.length; length++)
      assert.equal(unseal(secret, 1, 2, sealed.subarray(0, length)), undefined)
  })

  it('is refused when it is passed off as someone else’s, or handed to someone else', () => {
    assert.equal(unseal(secret, 3, 2, sealed), undefined)
    assert.equal(unseal(secret, 1, 3, sealed), undefined)
    assert.equal(unseal(secret, 2, 1, sealed), undefined)
  })

  it('is not opened with another key', () => {
    assert.equal(unseal(deriveSecrets('another key').seal, 1, 2, sealed), undefined)
  })
})

describe('a negotiation through Sigver', () => {
  it('with one who may listen ends with a description at each side', () => {
    const { a, b } = pair()
    a.dialing.introduce(b.me, [], [b.me.id])
    for (const payload of a.relayed()) b.dialing.onSignal(1, payload, 'sigver')
    assert.equal(b.did('offer').length, 1)
    b.describe(1, 'an offer')
    for (const payload of b.relayed()) a.dialing.onSignal(2, payload, 'sigver')
    assert.deepEqual(a.did('answer'), [{ do: 'answer', channel: 1, sdp: 'an offer' }])
    a.describe(1, 'an answer')
    for (const payload of a.relayed()) b.dialing.onSignal(1, payload, 'sigver')
    assert.deepEqual(b.did('settle'), [{ do: 'settle', channel: 1, sdp: 'an answer' }])
  })

  it('with one who hardly listens begins with the offer', () => {
    const { a, b } = pair()
    a.dialing.introduce(b.me)
    assert.deepEqual(a.relayed(), [])
    a.describe(1, 'an offer')
    for (const payload of a.relayed()) b.dialing.onSignal(1, payload, 'sigver')
    assert.deepEqual(b.did('answer'), [{ do: 'answer', channel: 1, sdp: 'an offer' }])
    b.describe(1, 'an answer')
    for (const payload of b.relayed()) a.dialing.onSignal(2, payload, 'sigver')
    assert.deepEqual(a.did('settle'), [{ do: 'settle', channel: 1, sdp: 'an answer' }])
  })

  it('takes no answer that was given to another offer', () => {
    const { a, b } = pair()
    const other = pair()
    for (const [one, two, sdp] of [
      [a, b, 'an offer'],
      [other.a, other.b, 'another offer'],
    ] as const) {
      one.dialing.introduce(two.me, [], [two.me.id])
      for (const payload of one.relayed()) two.dialing.onSignal(1, payload, 'sigver')
      two.describe(1, sdp)
    }
    for (const payload of other.b.relayed()) other.a.dialing.onSignal(2, payload, 'sigver')
    other.a.describe(1, 'an answer to the other offer')
    for (const payload of other.a.relayed()) b.dialing.onSignal(1, payload, 'sigver')
    assert.deepEqual(b.did('settle'), [])
  })

  it('that is replayed costs nothing while it runs, and nothing when it is over', () => {
    const { a, b } = pair()
    a.dialing.introduce(b.me, [], [b.me.id])
    const recorded = a.relayed()
    for (let i = 0; i < 50; i++) for (const payload of recorded) b.dialing.onSignal(1, payload, 'sigver')
    assert.equal(b.did('offer').length, 1)
    b.now += limits.negotiation
    b.dialing.tick()
    for (const payload of recorded) b.dialing.onSignal(1, payload, 'sigver')
    assert.equal(b.did('offer').length, 1)
  })

  it('for an earlier life of mine is not taken', () => {
    const { a, b } = pair()
    a.dialing.introduce({ ...b.me, incarnation: 'eeeeeeeeeeeeeeee' })
    a.describe(1, 'an offer')
    for (const payload of a.relayed()) b.dialing.onSignal(1, payload, 'sigver')
    assert.deepEqual(b.outputs, [])
  })

  it('with someone who does not answer, or not with the key, is over soon', () => {
    const { a, b } = pair()
    a.dialing.introduce(b.me)
    a.now += limits.introduction
    a.dialing.tick()
    const reasons = () => a.facts.flatMap((fact) => (fact.fact === 'dialed' ? [fact.reason] : []))
    assert.equal(reasons().length, 1)
    a.dialing.introduce(b.me)
    a.dialing.onSignal(2, new Uint8Array(200), 'sigver')
    assert.equal(reasons().length, 2)
    assert.ok(a.facts.some((fact) => fact.fact === 'stranger'))
  })

  it('repeats an offer that is not answered, and answers again when it hears it again', () => {
    const { a, b } = pair()
    a.dialing.introduce(b.me, [], [b.me.id])
    for (const payload of a.relayed()) b.dialing.onSignal(1, payload, 'sigver')
    b.describe(1, 'an offer')
    const first = b.relayed()
    b.now += limits.repeat
    b.dialing.tick()
    for (const payload of b.relayed()) a.dialing.onSignal(2, payload, 'sigver')
    a.describe(1, 'an answer')
    assert.equal(a.relayed().length, 1)
    for (const payload of first) a.dialing.onSignal(2, payload, 'sigver')
    assert.equal(a.did('answer').length, 1)
    assert.equal(a.relayed().length, 1)
  })
})
