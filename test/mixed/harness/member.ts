// A member of a group, wherever it lives: in a page, or in this process. Tests talk to agents through it.
import type { Page } from 'puppeteer-core'
import type { Agent, Happening, LinkKind, Wish } from './agent.js'
import type { Digest, Payload } from './payload.js'

type Method = {
  [Name in keyof Agent]: Agent[Name] extends (...args: never[]) => unknown ? Name : never
}[keyof Agent]
type Result<Name extends Method> = Promise<Awaited<ReturnType<Agent[Name]>>>

export abstract class Member {
  constructor(readonly name: string) {}

  protected abstract call<Name extends Method>(name: Name, ...args: Parameters<Agent[Name]>): Result<Name>

  join = (key: string): Promise<void> => this.call('join', key)
  leave = (): Promise<void> => this.call('leave')
  end = (): Promise<void> => this.call('end')
  joinLeaveJoin = (key: string): Promise<void> => this.call('joinLeaveJoin', key)
  invite = (url: string): Promise<number> => this.call('invite', url)
  send = (payloads: readonly Payload[], to?: number): Promise<void> => this.call('send', payloads, to)
  id = (): Promise<number> => this.call('id')
  members = (): Promise<number[]> => this.call('members')
  links = (): Promise<Record<number, LinkKind | 'none'>> => this.call('links')
  digest = (from: number): Promise<Digest> => this.call('digest', from)
  happened = (): Promise<readonly Happening[]> => this.call('happened')
  broken = (): Promise<readonly string[]> => this.call('broken')

  /** Patience in milliseconds: much more than it takes, as a busy machine is no failure. */
  async until(wish: Wish, patience = 20_000): Promise<void> {
    const complaint = await this.call('until', wish, patience)
    if (complaint !== '') throw new Error(`${this.name}: ${complaint}`)
  }

  /** The values of one kind of happening, in order. */
  async told(what: Happening['what']): Promise<(string | number)[]> {
    return (await this.happened()).filter((happening) => happening.what === what).map(({ value }) => value)
  }
}

export class PageMember extends Member {
  constructor(
    name: string,
    readonly page: Page,
    private readonly index: number,
  ) {
    super(name)
  }

  protected override call<Name extends Method>(name: Name, ...args: Parameters<Agent[Name]>): Result<Name> {
    // Text, not a function: what tsx makes of a function does not run in a page.
    const list = args.map((arg) => JSON.stringify(arg) ?? 'undefined').join()
    return this.page.evaluate(`harness.call(${this.index}, '${name}', [${list}])`) as Result<Name>
  }
}

export class NodeMember extends Member {
  constructor(
    name: string,
    private readonly agent: Agent,
  ) {
    super(name)
  }

  protected override async call<Name extends Method>(
    name: Name,
    ...args: Parameters<Agent[Name]>
  ): Result<Name> {
    const method = this.agent[name] as (...args: Parameters<Agent[Name]>) => Awaited<ReturnType<Agent[Name]>>
    return await method.apply(this.agent, args)
  }
}
