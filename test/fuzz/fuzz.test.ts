// Some seconds of fuzzing for everything that decodes, as many inputs as fit. A failure prints the seed, the number of
// the input and its bytes; FUZZ_SEED=… runs the same inputs again. Millions: `npm run fuzz:nightly`.
import { randomInt } from 'node:crypto'
import { after, test } from 'node:test'
import { measure, run } from './runner.js'
import { targets } from './targets.js'

const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
/** The stage may take 30 s. */
const SHARE = 20_000 / targets.length

let total = 0
after(() => console.log(`fuzzed with ${total} inputs, FUZZ_SEED=${seed}`))

for (const target of targets)
  test(`no input makes ${target.name} throw, hang, break a limit or take more than ${target.memory.times} times its size`, async (t) => {
    try {
      const report = await run(target, { seed, from: 0, inputs: Infinity, milliseconds: SHARE })
      total += report.inputs
      const rate = Math.round((1_000 * report.inputs) / report.milliseconds)
      const memory = `memory up to ${report.memoryTimes.toFixed(1)} times the input`
      t.diagnostic(`${target.name}: ${report.inputs} inputs, ${rate} a second, ${memory}`)
    } finally {
      target.close?.()
    }
  })

test('as many small parts as fit into an input take no more memory than stated, whatever they are', () => {
  for (const target of targets)
    for (const part of target.floods ?? []) {
      const flood = new Uint8Array(Buffer.alloc(target.largest, part))
      target.check(flood)
      measure(target, flood)
    }
})
