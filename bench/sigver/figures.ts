// What is collected of all runs, and which of it has a target. Used by run.ts and report.ts.
import { type Spread, spread } from '../report/statistics.js'

export type Who = 'Netflux 5' | 'bare ws relay' | 'sigver 20.1.0' | 'Netflux 5, two instances' | 'Redis'

/** One figure of one run for each of those who took part in it. */
export type Run = Partial<Record<Who, number>>

export interface Target {
  readonly bound: number
  readonly isMost: boolean
  /** The figure is a ratio to theirs, of the same run. */
  readonly to?: Who
  /** Otherwise it is of ours. */
  readonly of?: Who
}

export interface Figure {
  readonly title: string
  readonly unit: string
  readonly target?: Target
  readonly load: number
  readonly runs: readonly Run[]
}

export function whoIn({ runs }: Figure): Who[] {
  return [...new Set(runs.flatMap((run) => Object.keys(run) as Who[]))]
}

export const valuesOf = ({ runs }: Figure, who: Who): Spread | undefined =>
  spread(runs.map((run) => run[who] ?? NaN))

export const ratiosOf = ({ runs }: Figure, of: Who, to: Who): Spread | undefined =>
  spread(runs.map((run) => (run[of] ?? NaN) / (run[to] ?? NaN)))

/** What the target is about, and whether the median meets it. */
export function judge(
  figure: Figure,
  target: Target,
): { readonly value: Spread | undefined; readonly isMet: boolean } {
  const { bound, isMost, to, of = 'Netflux 5' } = target
  const value = to === undefined ? valuesOf(figure, of) : ratiosOf(figure, of, to)
  const median = value?.median ?? NaN
  return { value, isMet: isMost ? median <= bound : median >= bound }
}
