// Lives the plans that pool.ts asks for, in a process of its own.
import { live } from './life.js'
import { makePlan, type PlanOptions } from './plan.js'

export interface Request {
  readonly seed: number
  readonly options: PlanOptions
}

process.on('message', ({ seed, options }: Request) => process.send?.(live(makePlan(seed, options))))
