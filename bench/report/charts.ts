// Charts of the results as SVG: for each contender its median as a dot and its range as a line, on a logarithmic scale,
// as the best and the worst are up to a thousand times apart.
import { compile } from 'vega-lite'
import { Error as ERRORS, logger, parse, View } from 'vega'
import { SIZES } from '../works/growth.js'
import type { Work } from '../works/work.js'
import { type Results, valuesOf } from './results.js'
import { exponent, spread } from './statistics.js'

export interface Chart {
  readonly file: string
  readonly title: string
  readonly svg: string
}

interface Panel {
  readonly work: string
  readonly figure: string
}

interface Plan {
  readonly file: string
  readonly title: string
  readonly panels: readonly Panel[]
}

const panels = (figure: string, ...works: string[]): Panel[] => works.map((work) => ({ work, figure }))
const figuresOf = (work: string, ...figures: string[]): Panel[] => figures.map((figure) => ({ work, figure }))

const plans: readonly Plan[] = [
  {
    file: 'small-messages',
    title: 'Small messages: messages/s at each receiver, more is better',
    panels: panels('rate', 'loop-1', 'loop-3', 'tasks-1', 'tasks-3'),
  },
  {
    file: 'large-messages',
    title: 'Large amounts: MB/s at each receiver, more is better',
    panels: panels('rate', 'bulk-1', 'bulk-3', 'one-32', 'one-256'),
  },
  {
    file: 'round-trips',
    title: 'Round trips: ms, less is better',
    panels: figuresOf('round-trip', 'p50', 'p99', 'calm50', 'busy50', 'busy99'),
  },
  {
    file: 'joining',
    title: 'Joining: ms, less is better',
    panels: [
      ...figuresOf('join', 'seen-2', 'seen-4', 'seen-8', 'linked-2', 'linked-4', 'linked-8'),
      { work: 'join-at-once', figure: 'linked-at-once' },
    ],
  },
  {
    file: 'leaving',
    title: 'Leaving: ms until the others know, less is better',
    panels: panels('seen', 'closed-tab', 'killed-renderer'),
  },
]

const COLORS = { ours: '#0b6bcb', others: '#6b7280' }
const config = { font: 'sans-serif', view: { stroke: '#d1d5db' }, axis: { gridColor: '#e5e7eb' } }

export async function chartsOf(works: readonly Work[], results: Results): Promise<Chart[]> {
  const charts = plans.map(async ({ file, title, panels }) => {
    const values = panels.flatMap((panel) => pointsOf(panel, works, results))
    return values.length > 0 ? [{ file, title, svg: await draw(dots(title, values)) }] : []
  })
  return [...(await Promise.all(charts)).flat(), ...(await growthChart(results))]
}

interface Point {
  readonly panel: string
  readonly who: string
  readonly isOurs: boolean
  readonly median: number
  readonly min: number
  readonly max: number
}

function pointsOf({ work: name, figure: id }: Panel, works: readonly Work[], results: Results): Point[] {
  const work = works.find((each) => each.name === name)
  const figure = work?.figures.find((each) => each.id === id)
  const runs = results[name]?.runs
  if (!work || !figure || !runs) return []
  return work.contenders.flatMap(({ id: contender, title, library }) => {
    const values = spread(valuesOf(runs, contender, id))
    const { median = 0, min = 0, max = 0 } = values ?? {}
    // A logarithmic scale has no zero.
    return min > 0 ? { panel: figure.title, who: title, isOurs: library === 'ours', median, min, max } : []
  })
}

function dots(title: string, values: readonly Point[]): object {
  const who = { field: 'who', type: 'nominal', sort: null, title: null, axis: { labelLimit: 300 } }
  const scale = { type: 'log', nice: true }
  const color = { condition: { test: 'datum.isOurs', value: COLORS.ours }, value: COLORS.others }
  return {
    title,
    background: 'white',
    config,
    data: { values },
    facet: {
      row: {
        field: 'panel',
        type: 'nominal',
        sort: null,
        title: null,
        header: { labelAngle: 0, labelAnchor: 'start', labelOrient: 'top', labelFontWeight: 'bold' },
      },
    },
    resolve: { scale: { y: 'independent' } },
    spec: {
      width: 520,
      height: { step: 17 },
      encoding: { y: who, color },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2, opacity: 0.6 },
          encoding: {
            x: { field: 'min', type: 'quantitative', scale, title: null },
            x2: { field: 'max' },
          },
        },
        {
          mark: { type: 'circle', size: 60, opacity: 1 },
          encoding: { x: { field: 'median', type: 'quantitative', scale, title: null } },
        },
      ],
    },
  }
}

const CURVES = [
  { id: 'join', title: 'a join, ms' },
  { id: 'broadcast', title: 'a broadcast until it is everywhere, µs' },
  { id: 'sender', title: 'a broadcast, µs of its sender’s processor' },
]

export interface Growth {
  readonly title: string
  readonly exponent: number
  readonly points: readonly (readonly [size: number, median: number])[]
}

/** What a join and a broadcast cost, by the size of the group, and the exponent k of size^k that fits best. */
export function growthOf(results: Results): Growth[] {
  const runs = results.growth?.runs ?? []
  return CURVES.flatMap(({ id, title }) => {
    const points = SIZES.flatMap((size) => {
      const values = spread(valuesOf(runs, 'ours', `${id}-${size}`))
      return values ? [[size, values.median] as const] : []
    })
    return points.length > 1 ? [{ title, exponent: exponent(points), points }] : []
  })
}

async function growthChart(results: Results): Promise<Chart[]> {
  const growth = growthOf(results)
  if (growth.length === 0) return []
  const title = 'Growth with the number of members, in Node'
  const values = growth.flatMap((curve) =>
    curve.points.map(([size, cost]) => ({
      size,
      cost,
      what: `${curve.title}: size^${curve.exponent.toFixed(2)}`,
    })),
  )
  const spec = {
    title,
    background: 'white',
    config,
    width: 420,
    height: 300,
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'size',
        type: 'quantitative',
        title: 'members',
        scale: { type: 'log', base: 2 },
        axis: { values: SIZES },
      },
      y: { field: 'cost', type: 'quantitative', title: null, scale: { type: 'log' } },
      color: {
        field: 'what',
        type: 'nominal',
        sort: null,
        title: null,
        legend: { labelLimit: 600, orient: 'bottom', columns: 1 },
      },
    },
  }
  return [{ file: 'growth', title, svg: await draw(spec) }]
}

async function draw(spec: object): Promise<string> {
  // It warns of panels with contenders of their own, which is what they are for.
  const { spec: compiled } = compile(spec, { logger: logger(ERRORS) })
  const view = new View(parse(compiled), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return svg
}
