// Which faults of a failing life are needed to make it fail: leaves out as many as possible, one part after the other.
import type { Fault } from './faults.js'
import { live } from './life.js'
import type { Plan } from './plan.js'

/** Lives at most so often: a life of many members takes seconds. */
const ATTEMPTS = 60

export function shrink(plan: Plan): Plan {
  let { faults } = plan
  let attempts = ATTEMPTS
  const stillFails = (fewer: readonly Fault[]) => {
    attempts -= 1
    return live({ ...plan, faults: fewer }).broken.length > 0
  }
  for (let size = faults.length; size >= 1; size >>= 1) {
    for (let from = 0; from < faults.length && attempts > 0;) {
      const fewer = [...faults.slice(0, from), ...faults.slice(from + size)]
      if (stillFails(fewer)) faults = fewer
      else from += size
    }
  }
  return { ...plan, faults }
}
