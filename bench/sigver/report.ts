// The figures as a table on the terminal and, between markers, in docs/sigver-performance.md: what stands around them is
// written by hand.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { number, range } from '../report/text.js'
import { type Figure, judge, ratiosOf, type Target, valuesOf, type Who, whoIn } from './figures.js'

const page = fileURLToPath(new URL('../../docs/sigver-performance.md', import.meta.url))
const BEGIN = '<!-- figures: written by npm run bench:sigver -->'
const END = '<!-- end of figures -->'

const HEAD = ['', 'who', 'median (lowest to highest)', 'unit', 'ratio', 'target', '', 'load']

const titleOf = ({ bound, isMost, to }: Target): string =>
  `${isMost ? '≤' : '≥'} ${number(bound)}${to === undefined ? '' : ` × ${to}`}`

function rowOf(figure: Figure, who: Who, isFirst: boolean): string[] {
  const { title, unit, target, load } = figure
  const isOfTarget = target && who === (target.of ?? 'Netflux 5')
  const ratio = target?.to !== undefined && who !== target.to ? ratiosOf(figure, who, target.to) : undefined
  return [
    isFirst ? title : '',
    who,
    range(valuesOf(figure, who)),
    unit,
    ratio ? range(ratio) : '',
    isOfTarget ? titleOf(target) : '',
    isOfTarget ? (judge(figure, target).isMet ? 'met' : 'missed') : '',
    isFirst ? load.toFixed(1) : '',
  ]
}

const rowsOf = (figures: readonly Figure[]): string[][] =>
  figures.flatMap((figure) => whoIn(figure).map((who, i) => rowOf(figure, who, i === 0)))

export function print(figures: readonly Figure[]): void {
  const rows = [HEAD, ...rowsOf(figures)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

export function write(figures: readonly Figure[]): void {
  const text = existsSync(page) ? readFileSync(page, 'utf8') : `# Load of Sigver\n\n${BEGIN}\n${END}\n`
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin)
    throw new Error(`docs/sigver-performance.md has lost its markers: ${BEGIN}, ${END}`)
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const table = [line(HEAD), line(HEAD.map(() => '---')), ...rowsOf(figures).map(line)].join('\n')
  writeFileSync(
    page,
    `${text.slice(0, begin)}${BEGIN}\n\n${introduction()}\n\n${table}\n\n${text.slice(end)}`,
  )
}

function introduction(): string {
  const processors = cpus()
  const date = new Date().toISOString().slice(0, 10)
  return [
    `Measured ${date} on ${processors.length} cores (${processors[0]?.model ?? 'unknown'}), Node ${process.versions.node}. \`load\` is the load average when the`,
    'figure was complete: other work ran on the machine. In each run all contenders take their turn; figures are medians of',
    'all runs, and a ratio is the median of the ratios within each run.',
  ].join('\n')
}
