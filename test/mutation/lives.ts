// Lives simulated groups, the small ones first, until one breaks a promise: `node --import tsx lives.ts <seeds>`.
// Run by workshop.ts in a copy of the repository that has a fault.
import { declaredTransitions } from '../simulation/checkers/transitions.js'
import { live } from '../simulation/life.js'
import { makePlan, type Plan } from '../simulation/plan.js'

/** From so many lives on every transition of the tables has to be taken, but for those that need more. */
const ALL_TAKEN_AFTER = 100
const RARE = ['OPEN CLOSED']

function fail(what: string): never {
  console.log(`not ok ${what}`)
  process.exit(1)
}

const seeds = Number(process.argv[2])
const effort = ({ members, duration, faults }: Plan) =>
  members.length ** 2 * (duration + 1000 * faults.length)
const plans = Array.from({ length: seeds }, (_, index) => makePlan(index + 1)).sort(
  (a, b) => effort(a) - effort(b),
)
const untaken = new Set([...declaredTransitions].filter((one) => !RARE.includes(one)))
for (const plan of plans) {
  const { broken, transitions } = live(plan)
  if (broken[0] !== undefined) fail(`seed ${plan.seed}: ${broken[0].split('\n', 1)[0]}`)
  for (const transition of transitions) untaken.delete(transition)
}
if (seeds >= ALL_TAKEN_AFTER && untaken.size > 0) fail(`never: ${[...untaken].join(', ')}`)
process.exit(0)
