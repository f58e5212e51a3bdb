// What runs in each page of the tests: its agents, by number, and one function to call them.
import type { Agent } from './agent.js'
import { type GroupOptions, makeAgent } from './groups.js'

const agents: Agent[] = []

const harness = {
  make: (options: GroupOptions): number => agents.push(makeAgent(options)) - 1,
  call: (index: number, name: keyof Agent, args: readonly unknown[]): unknown => {
    const agent = agents[index]
    const method: unknown = agent?.[name]
    if (typeof method !== 'function') throw new Error(`no agent ${index} with ${name}`)
    return method.apply(agent, args)
  },
}

Object.assign(globalThis, { harness })
