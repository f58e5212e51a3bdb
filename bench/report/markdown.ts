// Writes the generated part of docs/performance.md, between its markers: what stands around them is written by hand.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import type { Figure, Work } from '../works/work.js'
import { type Chart, chartsOf, growthOf } from './charts.js'
import type { Machine, Results, Run } from './results.js'
import { linesOf, machineText, number, rowsOf } from './text.js'

const docs = fileURLToPath(new URL('../../docs', import.meta.url))
const page = join(docs, 'performance.md')
const BEGIN = '<!-- figures: written by npm run bench -->'
const END = '<!-- end of figures -->'
const EMPTY = `# Performance\n\n${BEGIN}\n${END}\n`

/** Charts stand below the first of their works. */
const CHARTS: Readonly<Record<string, string>> = {
  'small-messages': 'loop-1',
  'large-messages': 'bulk-1',
  'round-trips': 'round-trip',
  joining: 'join',
  leaving: 'closed-tab',
  growth: 'growth',
}

export async function writePage(works: readonly Work[], results: Results): Promise<void> {
  const measured = works.filter(({ name }) => name in results)
  const charts = await chartsOf(works, results)
  mkdirSync(join(docs, 'charts'), { recursive: true })
  for (const { file, svg } of charts) writeFileSync(join(docs, 'charts', `${file}.svg`), `${svg}\n`)
  const text = existsSync(page) ? readFileSync(page, 'utf8') : EMPTY
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md has lost its markers: ${BEGIN}, ${END}`)
  const figures = [
    introduction(measured, results),
    targets(measured, results),
    ...measured.map((work) => section(work, results, charts)),
  ].join('\n\n')
  writeFileSync(page, `${text.slice(0, begin)}${BEGIN}\n\n${figures}\n\n${text.slice(end)}`)
}

const runsOf = (work: Work, results: Results): readonly Run[] => results[work.name]?.runs ?? []

function introduction(works: readonly Work[], results: Results): string {
  const machines = works.flatMap(({ name }) => results[name]?.machine ?? [])
  const kinds = [...new Set(machines.map(machineText))].join('; ')
  const loads = machines.map(({ load }) => load)
  return [
    `Measured on ${kinds}; everything runs on this one machine, so that browsers, pages and servers share its cores.`,
    `The load average was ${number(Math.min(...loads))} to ${number(Math.max(...loads))} when a run began.`,
    'In each run all contenders take their turn, one after the other; figures are medians of all runs (lowest to highest).',
    'A ratio is the median of the ratios within each run. A target of 1.0 is met, too, where the ranges overlap, and that is',
    'said. Who takes longer than 12 s is measured three times only; who failed twice is not tried again.',
  ].join('\n')
}

function targets(works: readonly Work[], results: Results): string {
  const rows = works.flatMap((work) =>
    linesOf(work, runsOf(work, results)).map((line) => [
      line.title,
      line.of,
      line.target,
      line.measured,
      line.verdict,
    ]),
  )
  return `## Targets\n\n${table(['', '', 'target', 'measured', ''], rows)}`
}

function section(work: Work, results: Results, charts: readonly Chart[]): string {
  const chart = charts.find(({ file }) => CHARTS[file] === work.name)
  const { date, load } = results[work.name]?.machine ?? ({ date: '', load: NaN } satisfies Partial<Machine>)
  const runs = runsOf(work, results)
  return [
    `## ${work.title}`,
    `${work.text} Measured ${date} at a load of ${number(load)}.`,
    ...(chart ? [`![${chart.title}](charts/${chart.file}.svg)`] : []),
    ...(work.name === 'growth' ? growth(results) : tables(work, runs)),
  ].join('\n\n')
}

function tables(work: Work, runs: readonly Run[]): string[] {
  return work.figures.map((figure) => {
    const caption = work.figures.length > 1 ? `**${figure.title}**\n\n` : ''
    return `${caption}${figureTable(work, figure, runs)}`
  })
}

function figureTable(work: Work, figure: Figure, runs: readonly Run[]): string {
  const { reference } = figure
  const name = work.contenders.find(({ id }) => id === reference)?.title ?? ''
  const rows = rowsOf(work, figure, runs).filter(({ value, remarks }) => value !== '–' || remarks !== '')
  const head = ['', figure.unit, ...(reference === undefined ? [] : [`ratio to ${name}`]), 'runs', 'remarks']
  return table(
    head,
    rows.map((row) => [
      row.title,
      row.value,
      ...(reference === undefined ? [] : [row.ratio]),
      row.runs,
      row.remarks,
    ]),
  )
}

/** Sizes across, one line for each curve. */
function growth(results: Results): string[] {
  const curves = growthOf(results)
  const sizes = [...new Set(curves.flatMap(({ points }) => points.map(([size]) => size)))]
  const rows = curves.map(({ title, points, exponent }) => [
    title,
    ...sizes.map((size) => number(points.find(([each]) => each === size)?.[1] ?? NaN)),
    `size^${exponent.toFixed(2)}`,
  ])
  return [table(['members', ...sizes.map(String), 'grows as'], rows)]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
