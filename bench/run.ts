// `npm run bench`: measures Netflux and its peers side by side, prints the tables, keeps the raw results, and writes
// docs/performance.md with its charts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { describeMachine } from './machine.js'
import { names } from './libraries.js'
import { measure } from './measure.js'
import { writePage } from './report/markdown.js'
import type { Measured, Outcome, Results } from './report/results.js'
import { printVerdicts, printWork } from './report/terminal.js'
import { machineText } from './report/text.js'
import { Stage } from './stage/stage.js'
import { works } from './works/index.js'
import type { Contender, Work } from './works/work.js'

interface Options {
  readonly quick?: boolean
  readonly only?: readonly string[]
  readonly peers?: readonly string[]
  readonly runs?: number
}

const oneOf =
  (known: readonly string[]) =>
  (text: string): string[] => {
    const chosen = text.split(',')
    const unknown = chosen.filter((name) => !known.includes(name))
    if (unknown.length > 0) throw new InvalidArgumentError(`Known are: ${known.join(', ')}`)
    return chosen
  }

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Not a positive number.')
  return value
}

const workNames = works.map(({ name }) => name)
const options = new Command('npm run bench --')
  .description('Measures Netflux and its peers side by side; medians of all runs, with their range.')
  .option('--quick', 'the main works in less than two minutes: fewer runs, smaller amounts')
  .option('--only <works>', `some of: ${workNames.join(',')}`, oneOf(workNames))
  .option('--peers <names>', `beside ours only some of: ${names.join(',')}`, oneOf(names))
  .option('--runs <number>', 'of each work (default: 7, with --quick 2)', count)
  .parse()
  .opts<Options>()

const quick = options.quick ?? false
const runs = options.runs ?? (quick ? 2 : 7)
const chosen = works.filter(({ name, isMain }) => options.only?.includes(name) ?? (isMain || !quick))
const takesPart = ({ library }: Contender) =>
  library === 'ours' || (options.peers ?? (quick ? ['raw'] : names)).includes(library)

/** With smaller amounts or fewer contenders the figures are for the terminal only. */
const isWhole = !quick && options.peers === undefined

function tell(work: Work, run: number, { title }: Contender, outcome: Outcome): void {
  const text =
    'failed' in outcome
      ? `failed: ${outcome.failed}`
      : `${Object.entries(outcome.figures)
          .map(([id, value]) => `${id} ${value}`)
          .join(', ')}${outcome.lost ? `, lost ${outcome.lost}` : ''} ${outcome.note ?? ''}`
  process.stderr.write(`${work.name}, run ${run + 1}, ${title}: ${text}\n`)
}

const stage = new Stage()
const machine = await describeMachine(stage)
console.log(`${machine.date}: ${machineText(machine)}; load ${machine.load.toFixed(1)}`)
const measured: Record<string, Measured> = {}
try {
  for (const work of chosen) {
    const contenders = work.contenders.filter(takesPart)
    measured[work.name] = {
      machine: { ...machine, load: loadavg()[0] ?? 0 },
      runs: await measure(work, contenders, runs, { stage, isQuick: quick }, tell),
    }
    // Each work in a browser of its own: what one leaves behind is not the next one's.
    await stage.restartBrowser()
    printWork(work, measured[work.name]?.runs ?? [])
    // After each work: a bench that is interrupted has measured something.
    if (isWhole) await keep(measured)
  }
} finally {
  await stage.close()
}
printVerdicts(chosen, ({ name }) => measured[name]?.runs ?? [])
if (!isWhole) console.log('\nA part only: docs/performance.md was left as it is.')
process.exit()

/** Beside the works that were measured another time. */
async function keep(fresh: Results): Promise<void> {
  const file = new URL('results.json', import.meta.url)
  const old = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {}
  const known = Object.entries({ ...old, ...fresh }).filter(([name]) => workNames.includes(name))
  const results = Object.fromEntries(known)
  writeFileSync(file, `${JSON.stringify(results)}\n`)
  await writePage(works, results)
}
