// Strangers and liars in a room block nobody; what peers say to each other is passed on.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Crowd } from './roomsCrowd.js'
import { peerOf } from './identity.js'
import { OTHER_TOPIC } from './roomsStage.js'

let stage: Crowd

beforeEach(() => {
  stage = new Crowd()
})

test('strangers in the room block nobody: after three of them who did not answer one is connected', () => {
  for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) stage.arrive(id, { favored: true })
  let heard = stage.arrive(9)
  for (let i = 0; i < 3; i++) {
    assert.match(heard.join(), /^introduction \d$/)
    stage.pass(limits.introduction)
    stage.unreachable(9, Number(heard[0]?.split(' ')[1]))
    heard = stage.heard(9)
  }
  assert.deepEqual(heard, ['connected'])
})

test('a mute newcomer gets connected in the end', () => {
  stage.group(5)
  stage.arrive(9)
  stage.pass(limits.question + limits.pairing)
  assert.ok(stage.heard(9).includes('connected'))
})

test('newcomers who never link hold nobody up for long', () => {
  stage.arrive(1, { favored: true })
  stage.arrive(2)
  stage.claim(1, [], true)
  for (let id = 3; stage.now < limits.question; id++) {
    stage.arrive(id)
    stage.pass(limits.pairing / 2)
  }
  assert.equal(stage.heard(1).at(-1), 'connected')
})

test('a crowd of strangers does not keep a newcomer from a small group', () => {
  for (let id = 11; id <= 18; id++) stage.arrive(id)
  stage.link(11, 12, 13, 14, 15, 16, 17, 18)
  stage.pass(limits.belief)
  stage.arrive(1)
  const tried = new Set<string>()
  for (let word = stage.arrive(2)[0] ?? ''; word.startsWith('intro'); word = stage.heard(2)[0] ?? '') {
    tried.add(word)
    if (word === 'introduction 1') break
    stage.unreachable(2, Number(word.split(' ')[1]))
  }
  assert.ok(tried.has('introduction 1'))
  assert.ok(tried.size <= 6, [...tried].join())
})

test('who was told of a member cannot announce itself as that member', () => {
  stage.arrive(1)
  assert.deepEqual(stage.arrive(9), ['introduction 1'])
  const { id, incarnation } = peerOf(1)
  for (const preimage of [
    incarnation + incarnation,
    incarnation.padEnd(32, '0'),
    incarnation.padStart(32, '0'),
  ]) {
    stage.accept(8)
    const claim = { members: [], check: true }
    stage.say(8, { type: 'announce', version: 1, id, preimage, favored: true, claim, token: '' })
    assert.deepEqual(stage.heard(8), ['closed: idTaken'])
  }
  stage.relay(9, 1, 'hello')
  assert.deepEqual(stage.heard(1).at(-1), 'relay from 9: hello')
})

test('a stranger that answers to nothing costs the members of a group no introduction', () => {
  const ids = stage.group(4)
  stage.arrive(9)
  for (let i = 0; i < 10; i++) {
    stage.pass(limits.claimEvery)
    for (const id of [...ids, 9]) stage.say(id, { type: 'ping' })
  }
  assert.ok(stage.heardBy(...ids).every((word) => word === 'pong'))
})

test('who claims everyone without being claimed keeps no others apart', () => {
  stage.group(4)
  stage.link(1, 2)
  stage.link(3, 4)
  stage.arrive(9, { members: [1, 2, 3, 4] })
  stage.claim(9, [1, 2, 3, 4], true)
  stage.pass(limits.sweep)
  assert.deepEqual(stage.heardBy(1, 2, 3, 4), ['introduction 1'])
})

test('a member that claims the other part falsely does not keep two parts apart', () => {
  stage.group(4)
  stage.link(1, 2)
  stage.claim(4, [3])
  stage.claim(3, [4, 1, 2])
  stage.pass(limits.sweep)
  assert.equal(stage.heardBy(1, 2, 3, 4).length, 1)
})

test('who claims only itself is like one who claims nobody', () => {
  stage.arrive(1)
  assert.deepEqual(stage.arrive(2, { members: [2] }), ['introduction 1'])
})

test('a claim on the former life of another is no connection', () => {
  stage.arrive(1, { life: 1, members: [2] })
  assert.deepEqual(stage.arrive(2, { members: [1] }), ['connected'])
  stage.pass(limits.belief + limits.sweep)
  assert.deepEqual(stage.heardBy(1, 2), ['introduction 1'])
})

test('a payload reaches its recipient, unchanged and with its sender', () => {
  stage.group(2)
  stage.relay(1, 2, 'sealed')
  assert.deepEqual(stage.heard(2), ['relay from 1: sealed'])
})

test('a payload for nobody, for a former life or for another room is dropped', () => {
  stage.group(2)
  stage.arrive(3, { topic: OTHER_TOPIC })
  stage.heard(3)
  stage.relay(1, 3)
  stage.relay(1, 9)
  stage.say(1, { type: 'relay', peer: peerOf(2, 7), payload: Uint8Array.of(1) })
  assert.deepEqual(stage.heardBy(1, 2, 3), [])
})
