// Everything that the scenarios of one file share: both browsers, a site for their pages, a Sigver, and the members
// of the current test. Each test gets fresh pages and a key of its own.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { after, afterEach, before } from 'node:test'
import type { Page } from 'puppeteer-core'
import { Bot, type BotOptions } from '../../../src/index.node.js'
import { Sigver } from '../../../src/Sigver.js'
import { Agent } from './agent.js'
import { type GroupOptions, makeAgent } from './groups.js'
import { type Member, NodeMember, PageMember } from './member.js'
import { listening, openSite, portOf, type Site } from './site.js'
import { Windows } from './windows.js'

export type Home = 'Chromium' | 'Firefox' | 'Node'

export interface BotHost {
  readonly bot: Bot
  readonly url: string
  /** The bot as a member of the group of this key. Resolves when it was invited. */
  member(key: string): Promise<Member>
}

export class Stage {
  /** What may be told to onError in the current test; by default nothing. */
  expectedErrors: RegExp = /^$/
  private readonly windows = { Chromium: new Windows('chrome'), Firefox: new Windows('firefox') }
  private site: Site | undefined
  private sigver: Sigver | undefined
  private members: Member[] = []
  private bots: { close(): Promise<void> }[] = []
  private count = 0

  async open(): Promise<void> {
    this.sigver = new Sigver({ host: '127.0.0.1', port: 0 })
    const [site] = await Promise.all([openSite(), this.sigver.listen()])
    this.site = site
  }

  async close(): Promise<void> {
    await Promise.all([this.windows.Chromium.quit(), this.windows.Firefox.quit()])
    this.site?.close()
    await this.sigver?.close()
  }

  get sigverUrl(): string {
    return this.sigver?.url ?? ''
  }

  newKey(): string {
    return `scenario ${randomUUID()}`
  }

  // ---- who takes part

  async member(home: Home, options: Partial<GroupOptions> & { host?: string } = {}): Promise<Member> {
    const { host = '127.0.0.1', ...others } = options
    const groupOptions = { signalingServer: this.sigverUrl, ...others }
    const name = `${home} ${++this.count}`
    if (home === 'Node') return this.watch(new NodeMember(name, makeAgent(groupOptions)))
    const page = await this.windows[home].open(this.site?.url(host) ?? '')
    return this.watch(await this.memberOf(page, name, groupOptions))
  }

  /** Another group in the page of this member. */
  async neighbor(member: PageMember): Promise<Member> {
    return this.watch(
      await this.memberOf(member.page, `${member.name}b`, { signalingServer: this.sigverUrl }),
    )
  }

  async pageMember(
    home: Exclude<Home, 'Node'>,
    options?: Partial<GroupOptions> & { host?: string },
  ): Promise<PageMember> {
    const member = await this.member(home, options)
    assert.ok(member instanceof PageMember)
    return member
  }

  all(homes: readonly Home[], options?: Partial<GroupOptions>): Promise<Member[]> {
    return Promise.all(homes.map((home) => this.member(home, options)))
  }

  async bot(options: Partial<BotOptions> = {}): Promise<BotHost> {
    const server = createServer()
    const { close } = await listening(server)
    const rtcConfiguration = { iceServers: [] }
    const bot = new Bot({ server, signalingServer: this.sigverUrl, rtcConfiguration, ...options })
    const invited = new Map<string, (member: Member) => void>()
    const members = new Map<string, Promise<Member>>()
    const member = (key: string): Promise<Member> => {
      const known = members.get(key) ?? new Promise((resolve) => invited.set(key, resolve))
      members.set(key, known)
      return known
    }
    bot.onWebGroup = (group) => {
      const invitedMember = this.watch(new NodeMember(`bot ${++this.count}`, new Agent(group)))
      if (invited.has(group.key)) invited.get(group.key)?.(invitedMember)
      else members.set(group.key, Promise.resolve(invitedMember))
      invited.delete(group.key)
    }
    this.bots.push({ close: () => bot.close().finally(close) })
    return { bot, url: `ws://127.0.0.1:${portOf(server)}`, member }
  }

  // ---- how it ends for some

  /** The user closes the tab. */
  async closeTab(member: PageMember): Promise<void> {
    this.forget(member)
    await this.windows[homeOf(member)].close(member.page)
  }

  /** Nothing of this member is looked at when the test ends: it is gone. */
  forget(member: Member): void {
    this.members = this.members.filter((other) => other !== member)
  }

  /** Kills what renders the page, and with it all that runs there: in Firefox, all pages of its host. */
  async crashTab(member: PageMember): Promise<void> {
    this.forget(member)
    await this.windows[homeOf(member)].crash(member.page)
  }

  /** Opens another tab in the same window, which hides the first. Returns how to close it. */
  async cover(member: PageMember): Promise<() => Promise<void>> {
    return this.windows[homeOf(member)].cover(member.page)
  }

  // ---- at the end of each test

  /** Checks what holds for every test, and removes everyone. */
  async clear(): Promise<void> {
    const expected = this.expectedErrors
    this.expectedErrors = /^$/
    const members = this.members.splice(0)
    try {
      for (const member of members) {
        assert.deepEqual(await member.broken(), [], member.name)
        const errors = (await member.told('error')).filter((error) => !expected.test(String(error)))
        assert.deepEqual(errors, [], member.name)
      }
      assert.deepEqual(
        [...this.windows.Chromium.errors.splice(0), ...this.windows.Firefox.errors.splice(0)],
        [],
      )
    } finally {
      // One after the other: @roamhq/wrtc crashes when it sends while pages close, on a busy machine.
      await Promise.all(members.filter((member) => member instanceof NodeMember).map((node) => node.end()))
      await Promise.all(this.bots.splice(0).map((bot) => bot.close()))
      await Promise.all([this.windows.Chromium.reset(), this.windows.Firefox.reset()])
    }
  }

  private async memberOf(page: Page, name: string, options: GroupOptions): Promise<PageMember> {
    const index = await page.evaluate(`harness.make(${JSON.stringify(options)})`)
    return new PageMember(name, page, Number(index))
  }

  private watch<Someone extends Member>(member: Someone): Someone {
    this.members.push(member)
    return member
  }
}

const homeOf = ({ name }: PageMember) => (name.startsWith('Firefox') ? 'Firefox' : 'Chromium')

/** For the tests of the calling file. */
export function openStage(): Stage {
  const stage = new Stage()
  before(() => stage.open())
  after(() => stage.close())
  afterEach(() => stage.clear())
  return stage
}

/** Everyone is JOINED, sees exactly these members, and is linked with each of them directly. */
export async function fullyLinked(
  members: readonly Member[],
  strangers: readonly number[] = [],
): Promise<number[]> {
  const ids = await Promise.all(members.map((member) => member.id()))
  const all = [...ids, ...strangers]
  await Promise.all(
    members.map((member) => member.until({ state: 'JOINED', members: all, direct: all.length - 1 })),
  )
  return ids
}

/** One after another; each is JOINED before the next begins. */
export async function joinInTurn(members: readonly Member[], key: string): Promise<number[]> {
  for (const member of members) await member.join(key)
  return fullyLinked(members)
}

export async function joinAtOnce(members: readonly Member[], key: string): Promise<number[]> {
  await Promise.all(members.map((member) => member.join(key)))
  return fullyLinked(members)
}
