// Runs one seed, or all from one to another, and prints the verdicts: `npx tsx test/simulation/replay.ts 7 [20]`.
// With TRACE=1 everything that any user was told.
import { runScenario } from './scenario.js'

const [first = 1, last = first] = process.argv.slice(2).map(Number)
let bad = 0
for (let seed = first; seed <= last; seed++) {
  const { faults, convergence, members } = runScenario(seed)
  if (faults.length === 0 && first !== last && convergence < 60_000) continue
  if (faults.length > 0) bad++
  console.log(
    `seed ${seed}: ${members} members, whole after ${Math.round(convergence)} ms`,
    faults.slice(0, 5),
  )
}
console.log(`${last - first + 1 - bad} kept their promises, ${bad} did not`)
process.exitCode = bad > 0 ? 1 : 0
