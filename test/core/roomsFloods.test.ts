// What claims may cost: a socket pays for the ids in them, and a room answers only so many between two sweeps.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Crowd } from './roomsCrowd.js'

const ids = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

test('claims of many ids use up the budget of a socket sooner than small ones', () => {
  const stage = new Crowd()
  for (const [id, size] of [
    [1, 0],
    [2, limits.members],
  ] as const) {
    stage.arrive(id)
    const price = 1 + size / limits.idsPerFrame
    // The announcement was one.
    const most = Math.floor((limits.frameBurst - 1) / price)
    for (let i = 0; i < most; i++) stage.claim(id, ids(size))
    assert.ok(stage.isOpen(id), `claims of ${size} ids`)
    stage.claim(id, ids(size))
    assert.equal(stage.heard(id).at(-1), 'closed: tooManyFrames')
  }
})

test('a member may claim as often as it does, however large its group', () => {
  const stage = new Crowd()
  stage.arrive(1)
  for (let passed = 0; passed < 60_000; passed += limits.claimPause) {
    stage.claim(1, ids(limits.members))
    stage.pass(limits.claimPause)
  }
  assert.ok(stage.isOpen(1))
})

test('a full room whose peers claim without end is answered with the next sweep, and others at once', () => {
  const stage = new Crowd({ framesPerSecond: 1e6 })
  const size = limits.members - 1
  for (const id of ids(size)) stage.arrive(id, { members: ids(size) })
  stage.pass(limits.sweep)
  stage.claim(1, ids(size), true)
  assert.equal(stage.heard(1).at(-1), 'connected')
  // All but the last one stop what one room may cost.
  for (let work = 0, i = 0; work < limits.roomWork; work += size ** 2, i++)
    stage.claim(2 + (i % 100), ids(size))
  stage.claim(1, ids(size), true)
  assert.deepEqual(stage.heard(1), [])
  stage.pass(limits.sweep)
  assert.deepEqual(stage.heard(1), ['connected'])
})
