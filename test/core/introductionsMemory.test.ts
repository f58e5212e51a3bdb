// What Sigver remembers of pairs that could not be linked, and for how long; and what a peer may change about itself.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Crowd } from './roomsCrowd.js'

it('a peer that comes anew as a favored one is introduced first from then on', () => {
  const stage = new Crowd()
  stage.group(3)
  stage.arrive(4)
  assert.deepEqual(stage.arrive(5), ['introduction 2'])
  stage.arrive(4, { favored: true })
  assert.deepEqual(stage.arrive(6), ['introduction 4'])
})

it('who could not be reached and is gone does not count against those who tried', () => {
  const stage = new Crowd()
  stage.group(2)
  assert.deepEqual(stage.arrive(3), ['introduction 1'])
  stage.unreachable(3, 1)
  stage.leave(3)
  assert.deepEqual(stage.arrive(4), ['introduction 1'])
})

it('that two could not be linked is remembered for some minutes, and no longer', () => {
  for (const [time, word] of [
    [limits.pairingPause + limits.pairingMemory / 2, 'introduction 2'],
    [limits.pairingPause + limits.pairingMemory + limits.sweep, 'introduction 1'],
  ] as const) {
    const stage = new Crowd()
    stage.group(2)
    assert.deepEqual(stage.arrive(3), ['introduction 1'])
    stage.unreachable(3, 1)
    stage.link(1, 2, 3) // through 2
    const end = stage.now + time
    while (stage.now < end) {
      stage.pass(Math.min(limits.heartbeat, end - stage.now))
      for (const id of [1, 2, 3]) stage.say(id, { type: 'ping' })
    }
    stage.heardBy(1, 2, 3)
    stage.link(1, 2)
    stage.claim(3, [], true)
    assert.deepEqual(stage.heard(3), [word])
  }
})
