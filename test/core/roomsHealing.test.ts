// A room that fell apart, or that was forgotten in a restart, and peers who reconnect.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { encodeToServer } from '../../src/core/signalingWire.js'
import { Crowd } from './roomsCrowd.js'

let stage: Crowd

beforeEach(() => {
  stage = new Crowd()
})

test('a group that falls apart is introduced to itself, without anyone asking', () => {
  stage.group(4)
  stage.link(1, 2)
  stage.link(3, 4)
  stage.pass(limits.sweep)
  assert.deepEqual(stage.heardBy(1, 2, 3, 4), ['introduction 1'])
  stage.link(1, 2, 3, 4)
  stage.pass(limits.pairingPause)
  assert.deepEqual(stage.heardBy(1, 2, 3, 4), [])
})

test('a member whom the others lost is introduced to them', () => {
  stage.group(3)
  stage.claim(1, [2])
  stage.claim(2, [1])
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(stage.heardBy(1, 2, 3), ['introduction 1'])
})

test('a claim by one peer throws nobody out', () => {
  stage.group(4)
  stage.claim(1, [2, 3])
  stage.pass(limits.pairingPause)
  assert.deepEqual(stage.heardBy(1, 2, 3, 4), [])
})

test('when the member between two others goes, they are introduced', () => {
  for (const id of [1, 2, 3]) stage.arrive(id)
  stage.claim(1, [2])
  stage.claim(2, [1, 3])
  stage.claim(3, [2])
  stage.pass(limits.belief)
  stage.heardBy(1, 2, 3)
  stage.leave(2)
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(
    stage.heardBy(1, 3).filter((word) => word.startsWith('intro')),
    ['introduction 1'],
  )
})

test('a peer is asked to make one link at a time', () => {
  for (const id of [1, 2, 3, 4]) stage.arrive(id)
  stage.pass(limits.negotiation)
  stage.heardBy(1, 2, 3, 4)
  for (let i = 0; i < 10; i++) {
    stage.pass(limits.pairing)
    for (const id of [1, 2, 3, 4]) {
      assert.ok(stage.heard(id).length <= 1)
      stage.say(id, { type: 'ping' })
      stage.heard(id)
    }
  }
})

test('after a restart the claims rebuild the components without introductions', () => {
  const ids = Array.from({ length: 20 }, (_, i) => i + 1)
  const heard = ids.flatMap((id) => {
    stage.pass(50)
    return stage.arrive(id, { members: ids.filter((other) => other !== id) })
  })
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(
    heard,
    ids.map(() => 'connected'),
  )
  assert.deepEqual(stage.heardBy(...ids), [])
})

test('after a restart those who know each other through a third wait for it', () => {
  assert.deepEqual(stage.arrive(1, { members: [3] }), ['connected'])
  assert.deepEqual(stage.arrive(2, { members: [3] }), [])
  stage.pass(limits.belief - 1)
  assert.deepEqual(stage.arrive(3, { members: [1, 2] }), ['connected'])
  assert.deepEqual(stage.heardBy(1, 2), ['connected'])
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(stage.heardBy(1, 2, 3), [])
})

test('after a restart those whose common member does not come back are introduced', () => {
  stage.arrive(1, { members: [3] })
  assert.deepEqual(stage.arrive(2, { members: [3] }), [])
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(stage.heard(2), ['introduction 1'])
})

test('after a restart no two parts are introduced while a member of both may still come', () => {
  stage.arrive(1, { members: [4] })
  stage.arrive(2, { members: [3, 4] })
  stage.arrive(3, { members: [2, 4] })
  stage.pass(limits.belief - 1)
  stage.arrive(4, { members: [1, 2, 3] })
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(
    stage.heardBy(1, 2, 3, 4).filter((word) => word !== 'connected'),
    [],
  )
})

test('a newcomer after a restart is introduced at once, to whoever is back', () => {
  stage.arrive(1, { members: [2, 3, 4] })
  assert.deepEqual(stage.arrive(9), ['introduction 1'])
})

test('a bot that was invited is believed until its host has said the same', () => {
  stage.group(2)
  assert.deepEqual(stage.arrive(9, { members: [1], favored: true }), ['connected'])
  stage.pass(limits.claimDelay)
  stage.link(1, 2, 9)
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(stage.heardBy(1, 2, 9), [])
})

test('a peer with two sockets is addressed on the newest, and stays until the last one closes', () => {
  stage.group(2)
  const old = stage.channelOf(1)
  assert.deepEqual(stage.arrive(1, { members: [2] }), ['connected'])
  stage.relay(2, 1, 'hello')
  assert.deepEqual(stage.heard(1, old), [])
  assert.deepEqual(stage.heard(1), ['relay from 2: hello'])
  stage.leave(1, old)
  stage.relay(2, 1, 'still there?')
  assert.deepEqual(stage.heard(1), ['relay from 2: still there?'])
  assert.deepEqual(stage.heard(2), [])
  stage.leave(1)
  assert.deepEqual(stage.heard(2), ['gone 1'])
})

test('an older socket changes no claims, and counts again when the newer one closes', () => {
  stage.group(2)
  const old = stage.channelOf(1)
  stage.arrive(1, { members: [2] })
  const nobody = encodeToServer({ type: 'claim', claim: { members: [], check: false } })
  stage.sayBytes(1, nobody, old)
  stage.pass(limits.sweep)
  assert.deepEqual(stage.heardBy(1, 2), [])
  stage.leave(1)
  stage.sayBytes(1, nobody, old)
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(stage.heardBy(2), ['introduction 1'])
})

test('who reconnects while it was being introduced is introduced again', () => {
  stage.arrive(1)
  stage.arrive(2)
  assert.deepEqual(stage.arrive(2), ['introduction 1'])
})

test('when the peer introduced reconnects, the introduction goes on', () => {
  stage.arrive(1)
  stage.arrive(2)
  stage.heard(2)
  assert.deepEqual(stage.arrive(1), [])
  assert.deepEqual(stage.heard(2), [])
  stage.relay(2, 1, 'offer')
  assert.deepEqual(stage.heard(1), ['relay from 2: offer'])
})
