// What Sigver is told of members, and when; what is left of the connection when the group leaves.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { peerOf } from '../../src/core/signalingWire.js'
import { SignalingState } from '../../src/core/states.js'
import { Neighbor, Stage } from './groupStage.js'

const three = { id: 3, incarnation: '0000000000000003' }

it('a member that joins is claimed soon, and again and again from then on', () => {
  const stage = new Stage().joinAlone()
  new Neighbor(stage, three.id).open()
  assert.equal(stage.timers.get('claim'), limits.claimDelay)
  for (let i = 0; i < 3; i++) {
    stage.ring('claim')
    assert.equal(stage.now, limits.claimDelay + i * limits.claimEvery)
    assert.deepEqual(stage.toSigver.at(-1), { type: 'claim', claim: { members: [three], check: false } })
  }
})

it('members that go on changing are claimed together, once in a pause', () => {
  const stage = new Stage().joinAlone()
  new Neighbor(stage, three.id).open()
  stage.pass(limits.claimDelay)
  const claimedAt = stage.now
  new Neighbor(stage, 4).open()
  assert.equal(stage.timers.get('claim'), claimedAt + limits.claimPause)
  stage.pass(limits.claimPause)
  const claims = stage.toSigver.flatMap((frame) => (frame.type === 'claim' ? [frame.claim] : []))
  assert.deepEqual(
    claims.filter(({ check }) => !check).map(({ members }) => members.length),
    [1, 2],
  )
  stage.pass(limits.claimPause)
  new Neighbor(stage, 5).open()
  assert.equal(stage.timers.get('claim'), stage.now + limits.claimDelay)
})

it('who asks and is linked meanwhile waits for no answer', () => {
  const stage = new Stage().handle({ on: 'join', key: 'the key' }).opened()
  assert.equal(stage.group.signalingState, SignalingState.CHECKING)
  new Neighbor(stage, three.id)
  assert.equal(stage.group.signalingState, SignalingState.CHECKED)
})

it('a member that comes back to Sigver is announced as the same; when it joins again, as another', () => {
  const stage = new Stage().joinAlone()
  const announced = () =>
    stage.toSigver.flatMap((frame) => (frame.type === 'announce' ? [`${frame.id} ${frame.preimage}`] : []))
  stage.closed().ring('reconnect').opened()
  assert.equal(announced().length, 2)
  assert.equal(new Set(announced()).size, 1)
  stage.handle({ on: 'leave' }).handle({ on: 'join', key: 'the key' }).opened()
  assert.equal(announced().length, 3)
  assert.equal(new Set(announced()).size, 2)
})

it('others are told an incarnation that is made of what Sigver alone was told', () => {
  const stage = new Stage().joinAlone()
  const [announce] = stage.toSigver.flatMap((frame) => (frame.type === 'announce' ? [frame] : []))
  const { greeting } = new Neighbor(stage, three.id)
  assert.ok(announce)
  assert.deepEqual(peerOf(announce), { id: greeting.id, incarnation: greeting.incarnation })
})

it('no timer of the connection is left when the group leaves', () => {
  const stage = new Stage().joinAlone()
  assert.deepEqual([...stage.timers.keys()].sort(), ['claim', 'heartbeat'])
  stage.handle({ on: 'leave' })
  assert.deepEqual([...stage.timers.keys()], [])
})
