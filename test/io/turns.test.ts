// When turns end: at once, or together where many follow each other within a moment.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as limits from '../../src/core/limits.js'
import { Turns } from '../../src/io/turns.js'

/** Counts those that end at once. */
function stage() {
  const clock = { now: 5 }
  const soon: (() => void)[] = []
  const turns = new Turns(
    () => clock.now,
    (callback) => soon.push(callback),
  )
  return { clock, soon, turns }
}

it('a few turns of one moment end at once, each after itself', () => {
  const { soon, turns } = stage()
  let ended = 0
  for (let turn = 0; turn < limits.turnsPerWindow; turn++) turns.end(() => void ended++)
  assert.equal(soon.length, limits.turnsPerWindow)
  assert.equal(ended, 0)
})

it('one more ends a moment later, by the clock', async () => {
  const { soon, turns } = stage()
  for (let turn = 0; turn < limits.turnsPerWindow; turn++) turns.end(() => {})
  await new Promise<void>((resolve) => turns.end(resolve))
  assert.equal(soon.length, limits.turnsPerWindow)
})

it('in the next moment turns end at once again', () => {
  const { clock, soon, turns } = stage()
  for (let turn = 0; turn <= limits.turnsPerWindow; turn++) turns.end(() => {})
  clock.now += limits.turnWindow
  turns.end(() => {})
  assert.equal(soon.length, limits.turnsPerWindow + 1)
})

it('how many end at once, and how long a moment is, is said by who makes it', async () => {
  const clock = { now: 5 }
  const soon: (() => void)[] = []
  const turns = new Turns(
    () => clock.now,
    (callback) => soon.push(callback),
    1,
    4,
  )
  turns.end(() => {})
  await new Promise<void>((resolve) => turns.end(resolve))
  clock.now += 3
  turns.end(() => {})
  assert.equal(soon.length, 1)
  clock.now += 1
  turns.end(() => {})
  assert.equal(soon.length, 2)
})
