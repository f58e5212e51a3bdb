// Random faulty lives of groups. A failure prints its seed; `npx tsx test/simulation/replay.ts SEED` shows what happened.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { runScenario } from './scenario.js'

const SEEDS = 300

it('the same seed gives the same run', () => {
  for (let seed = 1; seed <= 20; seed++)
    assert.equal(runScenario(seed).hash, runScenario(seed).hash, `seed ${seed}`)
})

it('different seeds give different runs', () => {
  const hashes = new Set(Array.from({ length: 20 }, (_, i) => runScenario(i + 1).hash))
  assert.equal(hashes.size, 20)
})

it(`${SEEDS} random lives keep G1, G2, G3, G5 and G6`, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { faults } = runScenario(seed)
    assert.deepEqual(faults, [], `seed ${seed}: npx tsx test/simulation/replay.ts ${seed}`)
  }
})
