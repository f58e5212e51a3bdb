// What was measured, as it is kept in results.json, and how one looks things up in it.
import type { Figure, Sample, Target, Work } from '../works/work.js'
import { type Spread, spread } from './statistics.js'

export type Outcome = Sample | { readonly failed: string }

/** By contender. */
export type Run = Readonly<Record<string, Outcome>>

/** All runs of one work. Works may have been measured on different days: what is compared is of one and the same run. */
export interface Measured {
  readonly machine: Machine
  readonly runs: readonly Run[]
}

/** By work. */
export type Results = Readonly<Record<string, Measured>>

export interface Machine {
  readonly date: string
  readonly cores: number
  readonly processor: string
  readonly node: string
  readonly browser: string
  readonly load: number
}

export function valueOf(run: Run, contender: string, figure: string): number | undefined {
  const outcome = run[contender]
  return outcome && 'figures' in outcome ? outcome.figures[figure] : undefined
}

export function valuesOf(runs: readonly Run[], contender: string, figure: string): number[] {
  return runs.map((run) => valueOf(run, contender, figure)).filter((value) => value !== undefined)
}

/** The best of some contenders in one run. */
function bestOf(run: Run, { better, id }: Figure, contenders: readonly string[]): number | undefined {
  const values = contenders.map((each) => valueOf(run, each, id)).filter((value) => value !== undefined)
  if (values.length === 0) return undefined
  return better === 'more' ? Math.max(...values) : Math.min(...values)
}

/** Of the figures of one and the same run, each. */
export function ratios(
  runs: readonly Run[],
  figure: Figure,
  contender: string,
  against: readonly string[],
  other: Figure = figure,
): Spread | undefined {
  return spread(
    runs.map((run) => (valueOf(run, contender, figure.id) ?? NaN) / (bestOf(run, other, against) ?? NaN)),
  )
}

export type Verdict = 'met' | 'met: ranges overlap' | 'missed' | 'not measured'

export interface Judgement {
  readonly verdict: Verdict
  /** What is compared with the bound: a ratio, or the figure itself. */
  readonly value: Spread | undefined
}

export function judge(work: Work, figure: Figure, target: Target, runs: readonly Run[]): Judgement {
  const { of, against, bound } = target
  const reaches = (value: number) => (figure.better === 'more' ? value >= bound : value <= bound)
  const own = spread(valuesOf(runs, of, figure.id))
  if (against.length === 0) {
    if (!own) return { verdict: 'not measured', value: own }
    return { verdict: reaches(own.median) ? 'met' : 'missed', value: own }
  }
  const other = work.figures.find(({ id }) => id === target.figure) ?? figure
  const value = ratios(runs, figure, of, against, other)
  const rival = spread(runs.map((run) => bestOf(run, other, against) ?? NaN))
  if (!own || !value || !rival) return { verdict: 'not measured', value }
  if (reaches(value.median)) return { verdict: 'met', value }
  // Only "as good as": a bound that is not 1 has its own tolerance.
  const overlaps = own.min <= rival.max && rival.min <= own.max
  return { verdict: bound === 1 && overlaps ? 'met: ranges overlap' : 'missed', value }
}
