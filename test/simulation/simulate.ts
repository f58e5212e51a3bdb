// `npm run simulate`: lives one seed and tells what happened, or many on all cores. A failure is shrunk, and printed with
// the command that replays it.
import { Command, InvalidArgumentError } from 'commander'
import { type FaultKind, faultKinds } from './faults.js'
import { live, type Verdict } from './life.js'
import { makePlan, type Plan, type PlanOptions } from './plan.js'
import { liveMany } from './pool.js'
import { shrink } from './shrink.js'
import { Tally } from './tally.js'

interface Options {
  readonly seed: number
  readonly seeds?: number
  readonly for?: number
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
  .option('--for <minutes>', 'live as many as fit so many real minutes', number)
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

if (options.seeds === undefined && options.for === undefined) runOne(options.seed)
else await runMany(options.seed, options.seeds ?? Infinity, (options.for ?? Infinity) * 60_000)

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
  explain(verdict, plan)
}

async function runMany(first: number, count: number, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds
  const tally = new Tally()
  let seed = first
  const next = () => (seed < first + count && performance.now() < end ? seed++ : undefined)
  await liveMany(next, planOptions, (verdict) => {
    tally.add(verdict)
    if (verdict.broken.length > 0) explain(verdict, planOf(verdict.seed))
    if (tally.lives % 50 === 0 || process.stdout.isTTY) progress(tally)
  })
  console.log(`\n${tally.summary()}`)
}

function progress(tally: Tally): void {
  process.stdout.write(
    `${process.stdout.isTTY ? '\r' : ''}${tally.line()}${process.stdout.isTTY ? '' : '\n'}`,
  )
}

/** What was broken, by which faults, and how to see it again. */
function explain(verdict: Verdict, plan: Plan): void {
  process.exitCode = 1
  console.log(`\nseed ${verdict.seed} broke promises:`)
  for (const line of verdict.broken.slice(0, 8)) console.log(`  ${line}`)
  const small = shrink(plan)
  const all = makePlan(verdict.seed, planOptions).faults
  const kept = all.flatMap((fault, index) => (small.faults.some(({ at }) => at === fault.at) ? [index] : []))
  for (const index of kept) {
    const fault = all[index]
    if (fault) console.log(describe(index, fault))
  }
  const flags = [
    `--seed ${verdict.seed}`,
    ...(options.members === undefined ? [] : [`--members ${options.members}`]),
    ...(options.minutes === undefined ? [] : [`--minutes ${options.minutes}`]),
    ...(options.faults ? [`--faults "${options.faults.join() || 'none'}"`] : []),
    ...(kept.length === all.length ? [] : [`--only "${kept.join() || '-'}"`]),
  ]
  console.log(`replay: npm run simulate -- ${flags.join(' ')} --trace`)
}

function planOf(seed: number): Plan {
  const plan = makePlan(seed, planOptions)
  const { only } = options
  return only ? { ...plan, faults: plan.faults.filter((_, index) => only.includes(index)) } : plan
}

function describe(index: number, { kind, at, lasts, who, amount }: Plan['faults'][number]): string {
  const until = lasts === undefined ? 'for good' : `for ${(lasts / 1_000).toFixed(1)} s`
  const about = [...who, ...(amount ? [`(${amount})`] : [])].join(' ')
  return `${String(index).padStart(4)}  at ${(at / 1_000).toFixed(1)} s ${until}: ${kind} ${about}`
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
