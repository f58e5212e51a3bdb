// An agent in a page or in another process, as works call it.
import type { Agent } from '../agent/agent.js'

export type Method = {
  [Name in keyof Agent]: Agent[Name] extends (...args: never[]) => unknown ? Name : never
}[keyof Agent]
export type Arguments<Name extends Method> = Parameters<Agent[Name]>
export type Result<Name extends Method> = Promise<Awaited<ReturnType<Agent[Name]>>>

export interface Remote {
  call<Name extends Method>(name: Name, ...args: Arguments<Name>): Result<Name>
  /** Ends the page or process without a word to the library. */
  end(): Promise<void>
}

/** Everyone sees all and is linked with all. Returns when the last of them noticed what the wish says. */
export async function all(remotes: readonly Remote[], what: 'sees' | 'linkedWith'): Promise<number> {
  const others = remotes.length - 1
  return Math.max(...(await Promise.all(remotes.map((remote) => remote.call('until', { [what]: others })))))
}

/** One after another: each is linked with all before the next begins. */
export async function joinInTurn(remotes: readonly Remote[]): Promise<void> {
  for (let count = 1; count <= remotes.length; count++) {
    const present = remotes.slice(0, count)
    await present[count - 1]?.call('join')
    await all(present, 'linkedWith')
    await all(present, 'sees')
  }
}
