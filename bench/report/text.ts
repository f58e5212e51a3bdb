// Numbers and results as text: the same words on the terminal and in docs/performance.md.
import type { Contender, Figure, Target, Work } from '../works/work.js'
import { judge, type Machine, ratios, type Run, valuesOf } from './results.js'
import { type Spread, spread } from './statistics.js'

export function number(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 1000) return Math.round(value).toLocaleString('en')
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export const range = (value: Spread | undefined): string =>
  value ? `${number(value.median)} (${number(value.min)} to ${number(value.max)})` : '–'

export interface Row {
  readonly title: string
  readonly value: string
  readonly ratio: string
  readonly runs: string
  readonly remarks: string
}

export function rowsOf(work: Work, figure: Figure, runs: readonly Run[]): Row[] {
  return work.contenders
    .filter(({ id }) => runs.some((run) => id in run))
    .map((contender) => rowOf(contender, figure, runs))
}

function rowOf({ id, title }: Contender, figure: Figure, runs: readonly Run[]): Row {
  const values = spread(valuesOf(runs, id, figure.id))
  const { reference } = figure
  return {
    title,
    value: range(values),
    ratio: reference === undefined ? '' : range(ratios(runs, figure, id, [reference])),
    runs: String(values?.count ?? 0),
    remarks: remarksOf(id, runs),
  }
}

/** What was lost, refused, or went wrong altogether, each said once. */
function remarksOf(id: string, runs: readonly Run[]): string {
  const outcomes = runs.flatMap((run) => run[id] ?? [])
  const failures = outcomes.flatMap((outcome) => ('failed' in outcome ? outcome.failed : []))
  const samples = outcomes.flatMap((outcome) => ('figures' in outcome ? outcome : []))
  const losses = spread(samples.map(({ lost }) => lost ?? 0))
  const remarks = new Set([
    losses && losses.max > 0 ? `lost ${range(losses)}` : '',
    ...samples.map(({ note }) => note ?? ''),
    ...new Set(failures.map((failure) => `${failures.length} failed: ${failure}`)),
  ])
  return [...remarks].filter((remark) => remark !== '').join('; ')
}

export interface Line {
  readonly title: string
  readonly of: string
  readonly target: string
  readonly measured: string
  readonly verdict: string
}

/** The targets of a work, each with its verdict. */
export function linesOf(work: Work, runs: readonly Run[]): Line[] {
  const titleOf = (id: string) => work.contenders.find((each) => each.id === id)?.title ?? id
  return work.figures.flatMap((figure) =>
    figure.targets.map((target) => {
      const { verdict, value } = judge(work, figure, target, runs)
      return {
        title: figure.title,
        of: titleOf(target.of),
        target: targetText(figure, target, titleOf),
        measured: range(value),
        verdict,
      }
    }),
  )
}

function targetText(
  { better, unit }: Figure,
  { against, bound, figure }: Target,
  titleOf: (id: string) => string,
): string {
  const sign = better === 'more' ? '≥' : '≤'
  const [first = ''] = against
  if (against.length === 0) return `${sign} ${number(bound)} ${unit}`
  if (figure !== undefined) return `${sign} ${number(bound)} × without it`
  return `${sign} ${number(bound)} × ${against.length > 1 ? 'the best peer' : titleOf(first)}`
}

export function machineText({ cores, processor, node, browser }: Machine): string {
  return `${cores} cores (${processor}), Node ${node}, ${browser}`
}
