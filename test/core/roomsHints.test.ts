// What a room is told of those whose sockets closed.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Crowd } from './roomsCrowd.js'
import { OTHER_TOPIC } from './roomsStage.js'

let stage: Crowd

beforeEach(() => {
  stage = new Crowd()
})

test('the room hears at once whose socket closed', () => {
  stage.group(5)
  stage.leave(3)
  assert.deepEqual(stage.heardBy(1, 2, 4, 5), Array(4).fill('gone 3'))
})

test('within a window the others are told together', () => {
  stage.group(9)
  stage.leave(9)
  stage.leave(8)
  stage.pass(limits.hintWindow - 1)
  stage.leave(7)
  assert.deepEqual(stage.heard(1), ['gone 9'])
  stage.pass(1)
  assert.deepEqual(stage.heard(1), ['gone 8 7'])
  stage.leave(6)
  assert.deepEqual(stage.heard(1), [])
  stage.pass(limits.hintWindow)
  assert.deepEqual(stage.heard(1), ['gone 6'])
})

test('after a quiet window the first goes at once again', () => {
  stage.group(9)
  stage.leave(9)
  stage.pass(limits.hintWindow)
  stage.leave(8)
  assert.deepEqual(stage.heard(1), ['gone 9', 'gone 8'])
})

test('when most of a room closes together, nothing more is said', () => {
  stage.group(6)
  for (const id of [6, 5, 4, 3]) stage.leave(id)
  stage.pass(2 * limits.hintWindow)
  assert.deepEqual(stage.heard(1), ['gone 6'])
  stage.leave(2)
  assert.deepEqual(stage.heard(1), ['gone 2'])
})

test('who goes, comes back and goes again within the window is told of once, and counts as one', () => {
  for (const id of [1, 2, 3, 4]) stage.arrive(id)
  stage.leave(4)
  for (let i = 0; i < 2; i++) {
    stage.leave(3)
    if (i === 0) stage.arrive(3)
  }
  stage.heard(1)
  stage.pass(limits.hintWindow)
  assert.deepEqual(stage.heard(1), ['gone 3'])
})

test('who came back within the window is not reported', () => {
  stage.group(9)
  stage.leave(9)
  stage.leave(8)
  stage.arrive(8, { members: [1, 2, 3, 4, 5, 6, 7] })
  stage.pass(limits.hintWindow)
  assert.deepEqual(stage.heard(1), ['gone 9'])
  stage.pass(limits.hintWindow)
  stage.leave(7)
  assert.deepEqual(stage.heard(1), ['gone 7'])
})

test('hints stay in their room', () => {
  stage.group(2)
  stage.arrive(3, { topic: OTHER_TOPIC })
  stage.heard(3)
  stage.leave(2)
  assert.deepEqual(stage.heard(3), [])
})

test('a server that drains says nothing more of those who went before', () => {
  stage.group(4)
  stage.leave(4)
  assert.ok(stage.timers.has('hints'))
  stage.perform(stage.rooms.drain(stage.now))
  assert.deepEqual([...stage.timers], [])
})
