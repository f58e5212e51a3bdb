// What each page runs, with the adapter of one library: its agent, and one function through which it is called.
import type { Open } from '../adapters/peer.js'
import { Agent } from './agent.js'

/** Timers of a page run no more often, once they are nested. */
const LOOK_EVERY = 4

export function start(open: Open): void {
  const agent = new Agent(open, LOOK_EVERY)
  const call = (name: keyof Agent, args: readonly unknown[]): unknown => {
    const method: unknown = agent[name]
    if (typeof method !== 'function') throw new Error(`an agent has no ${name}`)
    return method.apply(agent, args)
  }
  Object.assign(globalThis, { bench: { call } })
}
