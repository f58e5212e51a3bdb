// Every seed that ever broke a promise, with what it was. A plan may change when plan.ts does; then a seed only is one more.
import type { PlanOptions } from './plan.js'

export const regressions: readonly { seed: number; options?: PlanOptions; what: string }[] = [
  {
    seed: 207,
    what: 'several members fell silent in one moment, and only one leave was told before a rejoin',
  },
  {
    seed: 512,
    what: 'Sigver introduced the same three members in turn, who cannot be linked, and never the fourth',
  },
  {
    seed: 1927,
    what: 'a member kept a session with one whose id another had taken over, who answered its pings',
  },
]
