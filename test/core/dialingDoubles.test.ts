// Two negotiations of one pair, and messages that come twice: what is dialed once is not dialed again beside it.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { UNKNOWN } from '../../src/core/negotiation.js'
import { peerCloseCodes } from '../../src/core/peerCloseCodes.js'
import { type NegotiationMessage, seal } from '../../src/core/sealing.js'
import { deriveSecrets } from '../../src/core/secrets.js'
import { peerOf } from '../../src/core/signalingWire.js'
import { pair, type Side } from './dialingSide.js'
import { Neighbor, Stage } from './groupStage.js'

const secret = deriveSecrets('the key').seal
const nonce = new Uint8Array(24)
const incarnationOf = (id: number) => id.toString(16).padStart(16, '0')

/** All that this member wants Sigver to pass on reaches the other one. Returns it. */
function pass(from: Side, to: Side): readonly Uint8Array[] {
  const payloads = from.relayed()
  for (const payload of payloads) to.dialing.onSignal(from.me.id, payload, 'sigver')
  return payloads
}

it('a newer negotiation with a member ends the older one, with its link', () => {
  const { a, b } = pair()
  for (let i = 0; i < 2; i++) {
    a.dialing.introduce(b.me, [], [b.me.id])
    pass(a, b)
  }
  const [first, second] = b.did('offer')
  assert.ok(first && second)
  assert.deepEqual(
    b.did('close').map((output) => output.do === 'close' && output.code),
    [peerCloseCodes.double],
  )
  assert.equal(b.links.get(1), undefined)
  assert.ok(b.links.get(2))
})

it('an answer that comes again is not taken again', () => {
  const { a, b } = pair()
  a.dialing.introduce(b.me, [], [b.me.id])
  pass(a, b)
  b.describe(1, 'an offer')
  pass(b, a)
  a.describe(1, 'an answer')
  const answers = pass(a, b)
  for (const payload of answers) b.dialing.onSignal(a.me.id, payload, 'sigver')
  assert.equal(b.did('settle').length, 1)
})

it('of negotiations that are over so many are remembered, and no more', () => {
  const { b } = pair()
  const begin = (id: number) => {
    const message: NegotiationMessage = {
      incarnation: incarnationOf(id),
      peerIncarnation: b.me.incarnation,
      attempt: 1,
      fromInitiator: true,
      sides: { initiator: { ...UNKNOWN, known: true, rtc: true }, responder: UNKNOWN },
      step: { type: 'turn' },
    }
    const before = b.did('offer').length
    b.dialing.onSignal(id, seal(secret, nonce, id, b.me.id, message), 'sigver')
    b.now += limits.negotiation
    b.dialing.tick()
    return b.did('offer').length - before
  }
  const ids = Array.from({ length: 2 * limits.members }, (_, i) => i + 10)
  assert.ok(ids.every((id) => begin(id) === 1))
  assert.ok(
    ids.every((id) => begin(id) === 0),
    'a replay is taken',
  )
  assert.equal(begin(9), 1)
  assert.equal(begin(10), 1) // the oldest is forgotten
})

it('who is being dialed by a member does not dial it, too', () => {
  const stage = new Stage().joinAlone()
  const three = new Neighbor(stage, 3).open()
  const me = stage.toSigver.flatMap((frame) => (frame.type === 'announce' ? [peerOf(frame)] : []))[0]
  assert.ok(me)
  const url = 'ws://four/'
  const message: NegotiationMessage = {
    incarnation: incarnationOf(4),
    peerIncarnation: me.incarnation,
    attempt: 1,
    fromInitiator: true,
    sides: { initiator: { ...UNKNOWN, known: true, url }, responder: UNKNOWN },
    step: { type: 'turn' },
  }
  const peer = { id: 4, incarnation: incarnationOf(4) }
  stage.fromSigver({ type: 'relay', peer, payload: seal(secret, nonce, 4, me.id, message) })
  assert.deepEqual([...stage.peersDialed.values()], [url])
  three.announce(4, [3], 1, url)
  three.announce(3, [me.id, 4], 2)
  stage.pass(limits.tick)
  assert.equal(stage.peersDialed.size, 1)
})

it('a description that is longer than the other side would read is not sent', () => {
  const { a, b } = pair()
  a.dialing.introduce(b.me, [], [b.me.id])
  pass(a, b)
  b.relayed()
  b.describe(1, 'x'.repeat(limits.sdp + 1))
  assert.deepEqual(b.relayed(), [])
  b.describe(1, 'x'.repeat(limits.sdp))
  assert.equal(b.relayed().length, 1)
})
