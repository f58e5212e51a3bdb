// Tells of a life that broke promises: which, by which faults at the least, and the command that replays it.
import type { Verdict } from './life.js'
import { makePlan, type Plan, type PlanOptions } from './plan.js'
import { shrink } from './shrink.js'

/** `plan`: the life that was lived, with all or some of the faults that its seed and options plan. */
export function explain(verdict: Verdict, plan: Plan, options: PlanOptions): string {
  const planned = makePlan(plan.seed, options).faults
  const kept = shrink(plan).faults
  const needed = [...planned.entries()].filter(([, { at }]) => kept.some((fault) => fault.at === at))
  const flags = [
    `--seed ${plan.seed}`,
    ...(options.members === undefined ? [] : [`--members ${options.members}`]),
    ...(options.minutes === undefined ? [] : [`--minutes ${options.minutes}`]),
    ...(options.faults ? [`--faults "${options.faults.join() || 'none'}"`] : []),
    ...(needed.length === planned.length ? [] : [`--only "${needed.map(([index]) => index).join() || '-'}"`]),
  ]
  return [
    `\nseed ${verdict.seed} broke promises:`,
    ...verdict.broken.slice(0, 8).map((line) => `  ${line}`),
    ...needed.map(([index, fault]) => describe(index, fault)),
    `replay: npm run simulate -- ${flags.join(' ')} --trace`,
  ].join('\n')
}

export function describe(index: number, { kind, at, lasts, who, amount }: Plan['faults'][number]): string {
  const until = lasts === undefined ? 'for good' : `for ${(lasts / 1_000).toFixed(1)} s`
  const about = [...who, ...(amount ? [`(${amount})`] : [])].join(' ')
  return `${String(index).padStart(4)}  at ${(at / 1_000).toFixed(1)} s ${until}: ${kind} ${about}`
}
