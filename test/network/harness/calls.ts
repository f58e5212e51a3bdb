// How a test calls the agent of a member in another process: one message for the call, one for what came of it.
import type { Agent } from '../../mixed/harness/agent.js'
import { Member } from '../../mixed/harness/member.js'
import type { Program } from './program.js'

interface Call {
  readonly call: number
  readonly name: keyof Agent
  readonly args: readonly unknown[]
}

interface Outcome {
  readonly call: number
  readonly value?: unknown
  readonly error?: string
}

type Method = {
  [Name in keyof Agent]: Agent[Name] extends (...args: never[]) => unknown ? Name : never
}[keyof Agent]
type Result<Name extends Method> = Promise<Awaited<ReturnType<Agent[Name]>>>

const READY = 'ready for calls'

/** In the member's process. A bot has no agent before it is invited. */
export function answerCalls(agent: Agent | Promise<Agent>): void {
  const answer = async ({ call, name, args }: Call): Promise<Outcome> => {
    try {
      const target = await agent
      const method: unknown = target[name]
      if (typeof method !== 'function') throw new Error(`an agent has no ${name}`)
      return { call, value: await method.apply(target, args) }
    } catch (error) {
      return { call, error: String(error) }
    }
  }
  process.on('message', (message) => {
    void answer(message as Call).then((outcome) => process.send?.(outcome))
  })
  // The test is gone, however it ended.
  process.on('disconnect', () => process.exit())
  console.log(READY)
}

/** The other end, in the test. */
export class DistantMember extends Member {
  private readonly waiting = new Map<number, (outcome: Outcome) => void>()
  private count = 0

  constructor(
    name: string,
    readonly program: Program,
  ) {
    super(name)
    program.child.on('message', (message) => {
      const outcome = message as Outcome
      this.waiting.get(outcome.call)?.(outcome)
      this.waiting.delete(outcome.call)
    })
    program.child.on('exit', () => {
      for (const [call, settle] of this.waiting)
        settle({ call, error: `${name} has ended: ${program.lastWords}` })
      this.waiting.clear()
    })
  }

  async ready(): Promise<this> {
    await this.program.printed(READY)
    return this
  }

  protected override call<Name extends Method>(name: Name, ...args: Parameters<Agent[Name]>): Result<Name> {
    const call = ++this.count
    const message: Call = { call, name, args }
    return new Promise((resolve, reject) => {
      if (this.program.hasEnded) return reject(new Error(`${this.name} has ended`))
      this.waiting.set(call, ({ value, error }) => {
        if (error !== undefined) reject(new Error(`${this.name}: ${error}`))
        else resolve(value as Awaited<Result<Name>>)
      })
      this.program.child.send(message)
    })
  }
}
