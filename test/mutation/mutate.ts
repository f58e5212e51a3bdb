// `npm run mutate`: plants faults in the core, one by one, and asks who notices: the unit tests, then the simulator.
// Exit code 1 if fewer than 95 % are caught, or one survives without an explanation.
import { Command, InvalidArgumentError } from 'commander'
import { availableParallelism } from 'node:os'
import ts from 'typescript'
import { type Mutant, plant } from './mutant.js'
import { mutants } from './mutants/index.js'
import { type Finding, sourceOf, Workshop } from './workshop.js'

const WANTED = 0.95

interface Options {
  readonly only?: readonly string[]
  readonly jobs: number
  readonly seeds: number
  readonly simulatorOnly: boolean
  readonly check: boolean
}

const options: Options = new Command('mutate')
  .description('Plants faults in the core, and reports which of them the tests notice.')
  .option('--only <ids>', 'some of them, or those whose ids begin so', (text) => text.split(','))
  .option('--jobs <number>', 'side by side', integer, availableParallelism())
  .option('--seeds <number>', 'lives of the simulator, at most', integer, 100)
  .option('--simulator-only', 'without the unit tests', false)
  .option('--check', 'only tell whether every fault can be planted', false)
  .parse()
  .opts()

/** Nothing is wrong: what the tests say of it has to be nothing. */
const sound: Mutant = {
  id: 'nothing-wrong',
  file: 'limits.ts',
  wrong: 'nothing',
  find: 'PROTOCOL_VERSION',
  replace: 'PROTOCOL_VERSION',
  near: [],
}

const chosen = mutants.filter(({ id }) => options.only?.some((name) => id.startsWith(name)) ?? true)
const misfits = [...chosen.flatMap(whyNotPlanted), ...repeated(mutants.map(({ id }) => id))]
if (chosen.length === 0) misfits.push('no such fault')
for (const misfit of misfits) console.error(misfit)
if (misfits.length > 0) process.exit(1)
if (options.check) console.log(`${chosen.length} faults, each has its place`)
else await examineAll()

async function examineAll(): Promise<void> {
  const start = performance.now()
  const waiting = [sound, ...chosen]
  const findings: Finding[] = []
  const workshops = Array.from({ length: options.jobs }, () => new Workshop(options))
  const close = () => workshops.forEach((workshop) => workshop.close())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (close(), process.exit(1)))
  const work = async (workshop: Workshop) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const finding = await workshop.examine(next)
      if (next !== sound) findings.push(finding)
      else if (finding.by !== 'survived') throw new Error(`the tests fail without a fault: ${finding.what}`)
      console.log(line(finding))
    }
  }
  try {
    await Promise.all(workshops.map(work))
  } finally {
    close()
  }
  report(findings, (performance.now() - start) / 1_000)
}

function line({ mutant, by, what, seconds }: Finding): string {
  return `${mutant.id.padEnd(34)}${by.padEnd(11)}${seconds.toFixed(1).padStart(6)}  ${what}`
}

function report(findings: readonly Finding[], seconds: number): void {
  const order = (finding: Finding) => chosen.indexOf(finding.mutant)
  console.log(`\n${'fault'.padEnd(34)}${'caught by'.padEnd(11)}seconds`)
  for (const finding of [...findings].sort((a, b) => order(a) - order(b))) console.log(line(finding))
  const survivors = findings.filter(({ by }) => by === 'survived')
  if (survivors.length > 0) console.log('\nsurvived:')
  for (const { mutant } of survivors)
    console.log(`  ${mutant.id}: ${mutant.wrong} (${mutant.survives ?? 'NOT EXPLAINED'})`)
  for (const { mutant, by } of findings)
    if (mutant.survives !== undefined && by !== 'survived') console.log(`  ${mutant.id} is caught after all`)
  const count = (catcher: Finding['by']) => findings.filter(({ by }) => by === catcher).length
  const share = 1 - survivors.length / findings.length
  console.log(
    `\n${findings.length} faults in ${seconds.toFixed(0)} s: ${count('unit')} caught by unit tests, ` +
      `${count('simulator')} by the simulator, ${count('hangs')} hang, ${count('survived')} survived: ` +
      `${(100 * share).toFixed(1)} % caught`,
  )
  const isUnexplained = survivors.some(({ mutant }) => mutant.survives === undefined)
  if (isUnexplained || share < WANTED) process.exitCode = 1
}

function whyNotPlanted(mutant: Mutant): string[] {
  try {
    // What is no program is caught by whoever reads it first: that says nothing about the tests.
    const { diagnostics = [] } = ts.transpileModule(plant(mutant, sourceOf(mutant)), {
      reportDiagnostics: true,
    })
    return diagnostics.map(({ messageText }) => `${mutant.id} is no program: ${JSON.stringify(messageText)}`)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

function repeated(ids: readonly string[]): string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two faults are called ${id}`)
}

function integer(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.')
  return value
}
