// What the processes of nightly.ts have reported so far, and the words for it.
import type { Result } from './nightlyWorker.js'

export class Tally {
  done = 0
  readonly failures: string[] = []
  private readonly byTarget = new Map<string, { inputs: number; milliseconds: number; memoryTimes: number }>()
  private readonly start = performance.now()

  constructor(private readonly total: number) {}

  add({ job, milliseconds, memoryTimes, failure }: Result): void {
    if (failure !== undefined) this.failures.push(failure)
    const known = this.byTarget.get(job.target) ?? { inputs: 0, milliseconds: 0, memoryTimes: 0 }
    known.inputs += job.inputs
    known.milliseconds += milliseconds
    known.memoryTimes = Math.max(known.memoryTimes, memoryTimes)
    this.byTarget.set(job.target, known)
    this.done += job.inputs
  }

  get progress(): string {
    const seconds = (performance.now() - this.start) / 1_000
    const percent = Math.floor((100 * this.done) / this.total)
    const rate = Math.round(this.done / seconds)
    return `${percent} %, ${this.done} inputs, ${rate} a second, ${Math.round(seconds)} s, ${this.failures.length} failures`
  }

  print(): void {
    for (const [name, { inputs, milliseconds, memoryTimes }] of this.byTarget) {
      const rate = Math.round((1_000 * inputs) / milliseconds)
      console.log(
        `${name.padEnd(22)}${String(inputs).padStart(10)} inputs${String(rate).padStart(8)} a second and process` +
          `, memory up to ${memoryTimes.toFixed(1)} times the input`,
      )
    }
    console.log(this.progress)
  }
}
