// `npm run bench:sigver`: what Sigver costs, beside a bare relay on `ws` and sigver 20.1.0, each in a process of its own.
// Prints a table and writes it to docs/sigver-performance.md; with --quick or --only it prints only.
import { loadavg } from 'node:os'
import { Command } from 'commander'
import { bare, type Dialect, ours, sigver20 } from './dialects.js'
import type { Figure, Run, Target, Who } from './figures.js'
import { churn, idleMemory, joinCost, relayCost, type Served } from './loads.js'
import { Redis } from './redis.js'
import { print, write } from './report.js'
import type { Setup } from './server.js'
import { bundleServer, ServerProcess, sigver20Setup } from './servers.js'

const {
  quick = false,
  only,
  runs: asked,
} = new Command('npm run bench:sigver --')
  .option('--quick', 'in less than a minute: fewer runs, smaller amounts')
  .option('--only <work>', 'memory, cpu, churn or redis')
  .option(
    '--runs <number>',
    'of memory (default: 3); of the other works twice as many, and one more, with Redis three times as many as that',
    Number,
  )
  .parse()
  .opts<{ quick?: boolean; only?: string; runs?: number }>()

const runs = asked ?? (quick ? 1 : 3)
/**
 * `warmUp`: runs that do not count, as before a server's code is warm its figures say little; of two instances each warms up
 * half as fast. `starts`: two processes that do the same may differ by a third for as long as they live, as V8 decides early
 * when it collects.
 */
const amounts = quick
  ? { runs, cpuRuns: 2 * runs + 1, warmUp: 2, starts: 1, idle: 2_500, joins: 750, relays: 10_000, seconds: 8 }
  : {
      runs,
      cpuRuns: 2 * runs + 1,
      warmUp: 6,
      starts: 3,
      idle: 10_000,
      joins: 2_000,
      relays: 40_000,
      seconds: 60,
    }

const figures: Figure[] = []
const { program, remove } = await bundleServer()

interface Contender {
  readonly who: Who
  readonly dialect: Dialect
  setup(): Promise<Setup>
}

const contenders: readonly Contender[] = [
  { who: 'Netflux 5', dialect: ours, setup: () => Promise.resolve({ kind: 'sigver' }) },
  { who: 'bare ws relay', dialect: bare, setup: () => Promise.resolve({ kind: 'relay' }) },
  { who: 'sigver 20.1.0', dialect: sigver20, setup: sigver20Setup },
]

/** Whose processes end when `use` is done. */
async function serving<Result>(
  setups: readonly Setup[],
  use: (processes: readonly ServerProcess[]) => Promise<Result>,
): Promise<Result> {
  const processes = await Promise.all(setups.map((setup) => ServerProcess.start(program, setup)))
  try {
    return await use(processes)
  } finally {
    await Promise.all(processes.map((each) => each.end()))
  }
}

function add(title: string, unit: string, runs: readonly Run[], target?: Target): void {
  figures.push({ title, unit, runs, load: loadavg()[0] ?? 0, ...(target && { target }) })
}

/** `each` of all of them in turn, and that some times. */
async function interleave<Key extends string>(
  count: number,
  turns: readonly (() => Promise<Readonly<Record<Key, Run>>>)[],
): Promise<Record<Key, Run>[]> {
  const runs: Record<Key, Run>[] = []
  for (let i = 0; i < count; i++) {
    const run = {} as Record<Key, Run>
    for (const turn of turns)
      for (const [key, figure] of Object.entries(await turn()) as [Key, Run][])
        run[key] = { ...run[key], ...figure }
    runs.push(run)
  }
  return runs
}

const column = <Key extends string>(runs: readonly Readonly<Record<Key, Run>>[], key: Key): Run[] =>
  runs.map((run) => run[key])

const inverse = (run: Run): Run =>
  Object.fromEntries(Object.entries(run).map(([who, value]) => [who, 1 / value]))

async function memory(): Promise<void> {
  const turns = contenders.map(({ who, dialect, setup }) => async () => {
    const { heap, resident } = await serving([await setup()], (processes) =>
      idleMemory({ dialect, processes }, amounts.idle),
    )
    return { heap: { [who]: heap }, resident: { [who]: resident } }
  })
  const runs = await interleave(amounts.runs, turns)
  const target: Target = { bound: 1.15, isMost: true, to: 'bare ws relay' }
  const title = `Memory of each of ${amounts.idle.toLocaleString('en')} idle members`
  add(`${title}: heap and buffers`, 'bytes', column(runs, 'heap'), target)
  add(`${title}: of the process`, 'bytes', column(runs, 'resident'), target)
}

async function costsOf(served: readonly (readonly [Who, Served])[]) {
  const turns = served.map(([who, each]) => async () => ({
    joins: { [who]: await joinCost(each, amounts.joins) },
    relays: { [who]: await relayCost(each, amounts.relays) },
  }))
  return (await interleave(amounts.cpuRuns + amounts.warmUp, turns)).slice(amounts.warmUp)
}

async function cpu(): Promise<void> {
  const setups = await Promise.all(contenders.map(({ setup }) => setup()))
  const runs = await serving(setups, (processes) =>
    costsOf(
      contenders.map(({ who, dialect }, i) => [who, { dialect, processes: processes.slice(i, i + 1) }]),
    ),
  )
  const joins = column(runs, 'joins').map(inverse)
  add('Joins', 'per CPU-second', joins, { bound: 5_000, isMost: false })
  const relays = column(runs, 'relays').map(inverse)
  add('Relays', 'per CPU-second', relays, { bound: 0.9, isMost: false, to: 'bare ws relay' })
}

async function comingAndGoing(): Promise<void> {
  const turns = contenders.map(({ who, dialect, setup }) => async () => {
    const { costs, rate } = await serving([await setup()], (processes) =>
      churn({ dialect, processes }, 1_000, amounts.seconds),
    )
    const [begin, middle, end] = costs.map(({ heap }) => heap / 1e6)
    return {
      begin: { [who]: begin ?? NaN },
      middle: { [who]: middle ?? NaN },
      end: { [who]: end ?? NaN },
      growth: { [who]: (end ?? NaN) / (begin ?? NaN) },
      rate: { [who]: rate },
    }
  })
  const runs = await interleave(1, quick ? turns.slice(0, 1) : turns)
  const title = `Churn for ${amounts.seconds} s`
  add(`${title}: joins, and leaves`, 'per second', column(runs, 'rate'), { bound: 990, isMost: false })
  add(`${title}: heap and buffers at its begin`, 'MB', column(runs, 'begin'))
  add(`${title}: in the middle`, 'MB', column(runs, 'middle'))
  add(`${title}: at its end`, 'MB', column(runs, 'end'))
  add(`${title}: end to begin`, '×', column(runs, 'growth'), { bound: 1.05, isMost: true })
}

async function instances(): Promise<void> {
  const redis = await Redis.start()
  const two: Setup = { kind: 'sigver', redis: redis.url }
  try {
    const runs: Awaited<ReturnType<typeof withRedis>> = []
    for (let start = 0; start < amounts.starts; start++) {
      const some = await serving([{ kind: 'sigver' }, two, two], ([one, ...both]) =>
        withRedis(redis, one ? [one] : [], both),
      )
      runs.push(...some)
    }
    for (const [title, key] of [
      ['CPU of a join', 'joins'],
      ['CPU of a relay', 'relays'],
    ] as const) {
      const who = 'Netflux 5, two instances'
      const target: Target = { of: who, bound: 1.6, isMost: true, to: 'Netflux 5' }
      add(`${title}, through Redis`, 'µs', column(runs, key).map(micros), target)
    }
  } finally {
    await redis.end()
  }
}

const micros = (run: Run): Run =>
  Object.fromEntries(Object.entries(run).map(([who, seconds]) => [who, seconds * 1e6]))

async function withRedis(redis: Redis, one: readonly ServerProcess[], both: readonly ServerProcess[]) {
  const ofRedis = async (count: number, cost: Promise<number>): Promise<Run> => {
    const before = await redis.cpu()
    const two = await cost
    return { 'Netflux 5, two instances': two, Redis: ((await redis.cpu()) - before) / count }
  }
  const alone = { dialect: ours, processes: one }
  const together = { dialect: ours, processes: both }
  const { joins, relays, cpuRuns, warmUp } = amounts
  const runs = await interleave(cpuRuns + warmUp, [
    async () => ({
      joins: { 'Netflux 5': await joinCost(alone, joins) },
      relays: { 'Netflux 5': await relayCost(alone, relays) },
    }),
    async () => ({
      joins: await ofRedis(joins, joinCost(together, joins)),
      relays: await ofRedis(relays, relayCost(together, relays)),
    }),
  ])
  return runs.slice(warmUp)
}

const works = { memory, cpu, redis: instances, churn: comingAndGoing }
const isWhole = !quick && only === undefined
try {
  for (const [name, work] of Object.entries(works)) {
    if (only !== undefined && only !== name) continue
    process.stderr.write(`${name} (load ${(loadavg()[0] ?? 0).toFixed(1)})\n`)
    await work()
    // After each: a bench that is interrupted has measured something.
    if (isWhole) write(figures)
  }
} finally {
  remove()
}
print(figures)
if (!isWhole) console.log('\nA part only: docs/sigver-performance.md was left as it is.')
process.exit()
