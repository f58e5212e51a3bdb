// Many lives on all cores: child processes that are given one seed after the other. Used by simulate.ts and the tests.
import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Verdict } from './life.js'
import type { Request } from './lives.child.js'
import type { PlanOptions } from './plan.js'

const CHILD = fileURLToPath(new URL('./lives.child.ts', import.meta.url))

/** `next` gives seeds until it gives undefined; `judge` hears of each verdict, in any order. */
export async function liveMany(
  next: () => number | undefined,
  options: PlanOptions,
  judge: (verdict: Verdict) => void,
): Promise<void> {
  await Promise.all(
    Array.from({ length: availableParallelism() }, () => worker(fork(CHILD), next, options, judge)),
  )
}

function worker(
  child: ChildProcess,
  next: () => number | undefined,
  options: PlanOptions,
  judge: (verdict: Verdict) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let current: number | undefined
    const advance = () => {
      current = next()
      if (current === undefined) return child.kill()
      return child.send({ seed: current, options } satisfies Request)
    }
    child.on('message', (verdict: Verdict) => {
      judge(verdict)
      advance()
    })
    child.on('error', reject)
    child.on('exit', () =>
      current === undefined ? resolve() : reject(new Error(`seed ${current} ended its process`)),
    )
    advance()
  })
}
