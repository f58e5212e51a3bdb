// `npm run simulate`: lives one seed and tells what happened, or many on all cores. A failure is shrunk, and printed with
// the command that replays it.
import { Command, InvalidArgumentError } from 'commander'
import { describe, explain } from './explain.js'
import { type FaultKind, faultKinds } from './faults.js'
import { live } from './life.js'
import { makePlan, type Plan, type PlanOptions } from './plan.js'
import { liveMany } from './pool.js'
import { Tally } from './tally.js'

interface Options {
  readonly seed: number
  readonly seeds?: number
  readonly members?: number
  readonly minutes?: number
  readonly faults?: readonly FaultKind[]
  readonly only?: readonly number[]
  readonly trace?: boolean
}

const options: Options = new Command('simulate')
  .description('Lives groups in a simulated world that one seed decides.')
  .option('--seed <number>', 'the seed, or the first of many', integer, 1)
  .option('--seeds <number>', 'live so many, on all cores', integer)
  .option('--members <number>', 'default: as the seed says', integer)
  .option('--minutes <number>', 'virtual minutes with faults; default: as the seed says', number)
  .option('--faults <kinds>', `all, none, or some of: ${faultKinds.join(', ')}`, kindsOf)
  .option('--only <numbers>', 'of the planned faults only these', (text) => text.split(',').map(Number))
  .option('--trace', 'write everything that any user is told')
  .parse()
  .opts()

const planOptions: PlanOptions = {
  ...(options.members !== undefined && { members: options.members }),
  ...(options.minutes !== undefined && { minutes: options.minutes }),
  ...(options.faults && { faults: options.faults }),
}

if (options.seeds === undefined) runOne(options.seed)
else await runMany(options.seed, options.seeds)

function runOne(seed: number): void {
  const plan = planOf(seed)
  console.log(
    `seed ${seed}: ${plan.members.length} members in ${plan.keys.length} groups, ${plan.bots.length} bots, ` +
      `${plan.forbidden.length} pairs without a data channel`,
  )
  for (const [index, fault] of makePlan(seed, planOptions).faults.entries())
    if (plan.faults.some(({ at }) => at === fault.at)) console.log(describe(index, fault))
  const start = performance.now()
  const verdict = live(plan, options.trace ? console.log : undefined)
  const seconds = (performance.now() - start) / 1_000
  console.log(`whole ${Math.round(verdict.convergence)} ms after the faults; trace ${hex(verdict.hash)}`)
  console.log(
    `${(verdict.lasted / 1_000).toFixed(0)} virtual seconds in ${seconds.toFixed(1)} s: ` +
      `${Math.round(verdict.lasted / 1_000 / seconds)} per second`,
  )
  if (verdict.broken.length === 0) return console.log('kept all promises')
  fail(explain(verdict, plan, planOptions))
}

function fail(explanation: string): void {
  process.exitCode = 1
  console.log(explanation)
}

async function runMany(first: number, count: number): Promise<void> {
  const tally = new Tally()
  let seed = first
  const next = () => (seed < first + count ? seed++ : undefined)
  await liveMany(next, planOptions, (verdict) => {
    tally.add(verdict)
    if (verdict.broken.length > 0) fail(explain(verdict, planOf(verdict.seed), planOptions))
    if (tally.lives % 50 === 0 || process.stdout.isTTY) progress(tally)
  })
  console.log(`\n${tally.summary()}`)
}

function progress(tally: Tally): void {
  process.stdout.write(
    `${process.stdout.isTTY ? '\r' : ''}${tally.line()}${process.stdout.isTTY ? '' : '\n'}`,
  )
}

function planOf(seed: number): Plan {
  const plan = makePlan(seed, planOptions)
  const { only } = options
  return only ? { ...plan, faults: plan.faults.filter((_, index) => only.includes(index)) } : plan
}

function hex(hash: number): string {
  return hash.toString(16).padStart(8, '0')
}

function kindsOf(text: string): FaultKind[] {
  if (text === 'none') return []
  if (text === 'all') return [...faultKinds]
  return text.split(',').map((name) => {
    const kind = faultKinds.find((each) => each === name.trim())
    if (!kind) throw new InvalidArgumentError(`no fault is called "${name.trim()}".`)
    return kind
  })
}

function number(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return value
}

function integer(text: string): number {
  const value = number(text)
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.')
  return value
}
