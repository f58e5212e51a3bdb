// The report as the terminal shows it.
import type { Work } from '../works/work.js'
import type { Run } from './results.js'
import { linesOf, rowsOf } from './text.js'

export function printWork(work: Work, runs: readonly Run[]): void {
  for (const figure of work.figures) {
    console.log(`\n${figure.title} [${figure.unit}]`)
    printTable(
      ['', 'median (min to max)', figure.reference ? `ratio to ${figure.reference}` : '', 'runs', ''],
      rowsOf(work, figure, runs).map((row) => [row.title, row.value, row.ratio, row.runs, row.remarks]),
    )
  }
}

export function printVerdicts(works: readonly Work[], runsOf: (work: Work) => readonly Run[]): void {
  const lines = works.flatMap((work) => linesOf(work, runsOf(work)))
  if (lines.length === 0) return
  console.log('\nTargets')
  printTable(
    ['', 'who', 'target', 'measured', ''],
    lines.map((line) => [line.title, line.of, line.target, line.measured, line.verdict]),
  )
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const isLast = (column: number) => column === head.length - 1
  for (const row of [head, ...rows])
    console.log(
      `  ${row.map((cell, column) => (isLast(column) ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd(),
    )
}
