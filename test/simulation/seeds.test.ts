// Random faulty lives of groups, from seeds. A failure prints the faults that it needs, and the command that replays it.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { live } from './life.js'
import { makePlan } from './plan.js'
import { liveMany } from './pool.js'
import { regressions } from './regressions.js'
import { Tally } from './tally.js'

const LIVES = 500
const TWICE = 200

const seedsFrom = (first: number, count: number) => {
  let seed = first
  return () => (seed < first + count ? seed++ : undefined)
}

it(`${TWICE} lives are lived again the same way, and no two are the same`, async () => {
  const hashes = new Map<number, number>()
  await liveMany(seedsFrom(1, TWICE), { largest: 20 }, ({ seed, hash }) => hashes.set(seed, hash))
  assert.equal(new Set(hashes.values()).size, TWICE)
  await liveMany(seedsFrom(1, TWICE), { largest: 20 }, ({ seed, hash }) => {
    assert.equal(hash, hashes.get(seed), `seed ${seed}`)
  })
})

it(`${LIVES} lives full of faults and of talk keep their promises, and take every transition that the tables declare`, async () => {
  const tally = new Tally()
  const broken: string[] = []
  await liveMany(seedsFrom(1, LIVES), {}, (verdict) => {
    tally.add(verdict)
    if (verdict.broken.length > 0)
      broken.push(`npm run simulate -- --seed ${verdict.seed}: ${verdict.broken.slice(0, 3).join('; ')}`)
  })
  console.log(tally.summary())
  assert.deepEqual(broken, [])
  assert.deepEqual(tally.untaken, [])
  assert.deepEqual(tally.rare, [])
})

for (const { seed, options = {}, what } of regressions)
  it(`seed ${seed}: ${what}`, () => {
    const { broken } = live(makePlan(seed, options))
    assert.deepEqual(broken, [])
  })
