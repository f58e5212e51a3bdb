// A process of nightly.ts: runs the parts of the work that it is sent, one after the other, and reports each.
import { run } from './runner.js'
import { targets } from './targets.js'

export interface Job {
  readonly target: string
  readonly seed: number
  readonly from: number
  readonly inputs: number
}

export interface Result {
  readonly job: Job
  readonly milliseconds: number
  readonly memoryTimes: number
  readonly failure: string | undefined
}

async function work(job: Job): Promise<Result> {
  const target = targets.find(({ name }) => name === job.target)
  if (!target) throw new Error(`no target ${job.target}`)
  try {
    const { milliseconds, memoryTimes } = await run(target, { ...job, milliseconds: Infinity })
    return { job, milliseconds, memoryTimes, failure: undefined }
  } catch (error) {
    const failure = error instanceof Error ? `${error.message}\n${String(error.cause)}` : String(error)
    return { job, milliseconds: 0, memoryTimes: 0, failure }
  }
}

process.on('message', (job: Job) => {
  void work(job).then((result) => process.send?.(result))
})

// Sockets that some targets made keep timers for a while.
process.on('disconnect', () => process.exit())
