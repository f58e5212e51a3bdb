// `npm run simulate:nightly -- --minutes 30`: new lives on all cores for so long. A failure does not end it.
import { Command, InvalidArgumentError } from 'commander'
import { explain } from './explain.js'
import { makePlan } from './plan.js'
import { liveMany } from './pool.js'
import { Tally } from './tally.js'

const LINE_EVERY = 60_000

const { minutes, seed: first }: { minutes: number; seed: number } = new Command('simulate:nightly')
  .description('Lives new seeds in the simulated world for some minutes.')
  .requiredOption('--minutes <number>', 'how long', positive)
  .option(
    '--seed <number>',
    'the first; default: one that nobody has used yet',
    positive,
    Math.floor(Date.now() / 1_000),
  )
  .parse()
  .opts()

const end = performance.now() + minutes * 60_000
const tally = new Tally()
let seed = first
console.log(`seeds from ${first} on`)
const line = setInterval(() => console.log(tally.line()), LINE_EVERY)
await liveMany(
  () => (performance.now() < end ? seed++ : undefined),
  {},
  (verdict) => {
    tally.add(verdict)
    if (verdict.broken.length > 0) console.log(explain(verdict, makePlan(verdict.seed), {}))
  },
)
clearInterval(line)
console.log(`\n${tally.summary()}`)
process.exitCode = tally.broken > 0 ? 1 : 0

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}
