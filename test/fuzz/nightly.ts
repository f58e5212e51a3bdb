// `npm run fuzz:nightly -- --inputs 10000000`: any number of inputs on all cores. Exit code 1 if a promise was broken;
// then it prints how to make the input again: `npm run fuzz:nightly -- --target … --seed … --from … --inputs 1`.
import { type ChildProcess, fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { InvalidArgumentError, program } from 'commander'
import type { Job, Result } from './nightlyWorker.js'
import { Tally } from './tally.js'
import { inputOf } from './target.js'
import { targets } from './targets.js'

interface Flags {
  readonly inputs: number
  readonly seed: number
  readonly from: number
  readonly target?: string
  readonly jobs: number
  readonly show?: boolean
}

/** Inputs that a process is given at a time, and how long it may be silent with them, in milliseconds. */
const PART = 20_000
const PATIENCE = 300_000

const wholeNumber = (text: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number.')
}

program
  .description('Feeds everything that decodes with random and mutated inputs.')
  .option('--inputs <number>', 'how many in all', wholeNumber, 10_000_000)
  .option('--seed <number>', 'of the random numbers (default: a random one)', wholeNumber, randomInt(2 ** 31))
  .option('--from <number>', 'number of the first input of each target', wholeNumber, 0)
  .option('--target <name>', `only this one of ${targets.map(({ name }) => name).join(', ')}`)
  .option('--jobs <number>', 'processes', wholeNumber, availableParallelism())
  .option('--show', 'print the first input of the target in hexadecimal, and end')
  .action(main)
void program.parseAsync()

/** The work of each target in turns, so that all of them make progress. */
function jobsOf({ inputs, seed, from, target: only }: Flags): Job[] {
  const chosen = targets.filter(({ name }) => only === undefined || name === only)
  const weights = chosen.reduce((sum, { weight }) => sum + weight, 0)
  const jobs: { readonly order: number; readonly job: Job }[] = []
  for (const { name, weight } of chosen) {
    const share = Math.ceil((inputs * weight) / weights)
    for (let done = 0; done < share; done += PART) {
      const job = { target: name, seed, from: from + done, inputs: Math.min(PART, share - done) }
      jobs.push({ order: done / share, job })
    }
  }
  return jobs.sort((a, b) => a.order - b.order).map(({ job }) => job)
}

/** One process, until no work is left. A target that failed is left alone from then on. */
function workThrough(jobs: Job[], tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    let worker: ChildProcess | undefined
    let alarm: NodeJS.Timeout | undefined
    const next = () => {
      clearTimeout(alarm)
      const job = jobs.shift()
      if (!job) {
        worker?.removeAllListeners('exit').disconnect()
        return resolve()
      }
      worker ??= start()
      worker.removeAllListeners('exit')
      worker.once('exit', (code, signal) => fail(job, `the process ended with ${code ?? signal}`))
      alarm = setTimeout(() => worker?.kill('SIGKILL'), PATIENCE)
      worker.send(job)
    }
    const start = () => {
      const child = fork(fileURLToPath(new URL('./nightlyWorker.ts', import.meta.url)))
      child.on('message', (result: Result) => {
        tally.add(result)
        if (result.failure !== undefined) drop(jobs, result.job.target)
        next()
      })
      return child
    }
    const fail = (job: Job, what: string) => {
      const range = `inputs ${job.from} to ${job.from + job.inputs - 1} of ${job.target}, seed ${job.seed}`
      tally.add({ job, milliseconds: 0, memoryTimes: 0, failure: `${what} somewhere in ${range}` })
      drop(jobs, job.target)
      worker = undefined
      next()
    }
    next()
  })
}

function drop(jobs: Job[], target: string): void {
  const left = jobs.filter((job) => job.target !== target)
  jobs.splice(0, jobs.length, ...left)
}

function show({ seed, from, target: name }: Flags): void {
  const target = targets.find((target) => target.name === name)
  if (!target) return program.error('--show needs a --target')
  console.log(Buffer.from(inputOf(target, seed, from)).toString('hex'))
}

async function main(flags: Flags): Promise<void> {
  if (flags.target !== undefined && !targets.some(({ name }) => name === flags.target))
    program.error(`there is no target ${flags.target}`)
  if (flags.show) return show(flags)
  console.log(`seed ${flags.seed}`)
  const jobs = jobsOf(flags)
  const tally = new Tally(jobs.reduce((sum, { inputs }) => sum + inputs, 0))
  const isTerminal = process.stderr.isTTY
  const progress = setInterval(
    () => process.stderr.write(isTerminal ? `\r${tally.progress} ` : `${tally.progress}\n`),
    isTerminal ? 1_000 : 15_000,
  )
  await Promise.all(
    Array.from({ length: Math.max(1, Math.min(flags.jobs, jobs.length)) }, () => workThrough(jobs, tally)),
  )
  clearInterval(progress)
  if (isTerminal) process.stderr.write('\n')
  tally.print()
  for (const failure of tally.failures) console.error(`\n${failure}`)
  process.exitCode = tally.failures.length > 0 ? 1 : 0
}
