// Whom Sigver introduces next to a peer that could not reach several.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Stage } from './roomsStage.js'

it('of those whom a peer could not reach it is introduced to the one it tried longest ago, however busy that is', () => {
  const stage = new Stage()
  stage.arrive(1)
  stage.arrive(2)
  stage.link(1, 2)
  stage.pass(100)
  assert.deepEqual(stage.arrive(3), ['introduction 1'])
  stage.unreachable(3, 1)
  assert.deepEqual(stage.heard(3), ['introduction 2'])
  stage.pass(1)
  stage.unreachable(3, 2)
  assert.deepEqual(stage.heard(3), ['connected'])
  // Somebody else cannot reach 1 either.
  assert.deepEqual(stage.arrive(4), ['introduction 1'])
  stage.unreachable(4, 1)
  stage.claim(2, [1, 4])
  stage.claim(4, [2])
  stage.pass(1)
  stage.claim(3, [], true)
  assert.deepEqual(stage.heard(3), ['introduction 4'])
  stage.unreachable(3, 4)
  assert.deepEqual(stage.heard(3), ['connected'])
  stage.pass(limits.pairingPause + limits.sweep)
  assert.deepEqual(stage.heard(3), ['introduction 1'])
})
