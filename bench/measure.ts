// Runs works: all contenders in turn, run after run, so that a slower minute of the machine is everybody's. A contender
// that fails, hangs or dies is noted as such, and ends nothing but its own measurement.
import type { Outcome, Run } from './report/results.js'
import type { Contender, Sample, Scene, Work } from './works/work.js'

/** Who takes longer than this is measured only so often. */
const SLOW = 12_000
const SLOW_RUNS = 3
/** Who has failed so often without ever succeeding is not tried again. */
const HOPELESS = 2

export interface Progress {
  (work: Work, run: number, contender: Contender, outcome: Outcome): void
}

export async function measure(
  work: Work,
  contenders: readonly Contender[],
  runs: number,
  scene: Scene,
  progress: Progress,
): Promise<Run[]> {
  const results: Run[] = []
  const slow = new Set<Contender>()
  for (let run = 0; run < Math.min(runs, work.mostRuns ?? Infinity); run++) {
    const outcomes: Record<string, Outcome> = {}
    for (const contender of contenders) {
      if (isHopeless(results, contender.id) || (slow.has(contender) && run >= SLOW_RUNS)) continue
      const began = performance.now()
      const outcome = await attempt(work, contender, scene)
      if (performance.now() - began > SLOW && work.contenders.length > 1) slow.add(contender)
      outcomes[contender.id] = outcome
      progress(work, run, contender, outcome)
    }
    results.push(outcomes)
  }
  return results
}

async function attempt(work: Work, contender: Contender, scene: Scene): Promise<Outcome> {
  try {
    return rounded(await within(work.deadline, work.measure(contender, scene)))
  } catch (error) {
    return { failed: error instanceof Error ? error.message.slice(0, 200) : String(error) }
  } finally {
    await within(20_000, scene.stage.clear()).catch(() => scene.stage.restartBrowser())
  }
}

function isHopeless(results: readonly Run[], id: string): boolean {
  const outcomes = results.flatMap((run) => run[id] ?? [])
  return outcomes.length >= HOPELESS && outcomes.every((outcome) => 'failed' in outcome)
}

/** Six digits tell more than the noise allows. */
function rounded(sample: Sample): Sample {
  const entries = Object.entries(sample.figures).map(([id, value]) => [id, Number(value.toPrecision(6))])
  const { lost, note } = sample
  return {
    figures: Object.fromEntries(entries) as Record<string, number>,
    ...(lost ? { lost } : {}),
    ...(note ? { note } : {}),
  }
}

async function within<Value>(milliseconds: number, promise: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`not done within ${milliseconds / 1000} s`)
    timer = setTimeout(() => reject(error), milliseconds)
  })
  // What is given up goes on until its pages are closed, and then fails unheard.
  promise.catch(() => {})
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
