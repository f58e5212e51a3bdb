// One scenario: a network with a Sigver, the members and bots that a test puts there, what it noted, and the end of it all.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { WebGroupOptions } from '../../../src/index.node.js'
import type { Member } from '../../mixed/harness/member.js'
import { DistantMember } from './calls.js'
import { type Host, Network } from './network.js'
import { Program } from './program.js'
import type { Tab } from './tab.js'

const SIGVER_PORT = 8080
const BOT_PORT = 9000
const TURN_PORT = 3478
const TURN_USER = { username: 'user', credential: 'secret' }

export type MemberOptions = Pick<WebGroupOptions, 'rtcConfiguration'>

export class Scene {
  readonly network = new Network()
  /** Sigver's, and coturn's. */
  readonly server = this.network.host()
  readonly key = `scenario ${randomUUID()}`
  /** What may be told to onError; by default nothing. */
  expectedErrors = /^$/
  /** For the line that tells how it went. */
  readonly figures: string[] = []
  private sigver: Program | undefined
  private readonly programs: Program[] = []
  private readonly tabs: Tab[] = []
  private members: Member[] = []

  // ---- what runs

  async startSigver(): Promise<void> {
    const args = ['--host', this.server.address, '--port', String(SIGVER_PORT)]
    this.sigver = this.keep(Program.script(this.server, '../../src/bin/sigver.ts', ...args))
    await this.sigver.printed('Sigver listens')
  }

  async killSigver(): Promise<void> {
    await this.sigver?.kill()
  }

  /** It keeps its sockets, and answers nobody. */
  stopSigver(): void {
    this.sigver?.stop()
  }

  continueSigver(): void {
    this.sigver?.continue()
  }

  /** A STUN and TURN server. Relaying into private networks would be a hole, and makes coturn drop sessions. */
  async startCoturn(): Promise<void> {
    const at = [`--listening-ip=${this.server.address}`, `--relay-ip=${this.server.address}`]
    const who = ['--lt-cred-mech', `--user=${TURN_USER.username}:${TURN_USER.credential}`, '--realm=test']
    const less = ['--no-tls', '--no-dtls', '--no-cli', '--denied-peer-ip=10.0.0.0-10.255.255.255']
    const files = ['--log-file=stdout', '--simple-log', '--pidfile=/dev/null', '--userdb=/dev/null']
    const command = ['turnserver', '-n', ...at, `--listening-port=${TURN_PORT}`, '--fingerprint']
    const coturn = this.keep(Program.start(this.server, [...command, ...who, ...less, ...files]))
    await coturn.printed('Total General servers')
  }

  get stun(): RTCIceServer {
    return { urls: `stun:${this.server.address}:${TURN_PORT}` }
  }

  get turn(): RTCIceServer {
    return { urls: `turn:${this.server.address}:${TURN_PORT}`, ...TURN_USER }
  }

  /** Without ICE servers, as hosts here reach each other, unless they are behind a NAT. */
  member(
    name: string,
    host: Host = this.network.host(),
    options: MemberOptions = {},
  ): Promise<DistantMember> {
    const all = { signalingServer: this.sigverUrl, rtcConfiguration: { iceServers: [] }, ...options }
    return this.distant(name, Program.script(host, 'member.ts', JSON.stringify(all)))
  }

  /** The member is the bot in the group that it is invited into. */
  async bot(host: Host = this.network.host()): Promise<{ member: DistantMember; url: string }> {
    const options = { signalingServer: this.sigverUrl, rtcConfiguration: { iceServers: [] } }
    const args = [host.address, String(BOT_PORT), JSON.stringify(options)]
    const member = await this.distant('bot', Program.script(host, 'bot.ts', ...args))
    return { member, url: `ws://${host.address}:${BOT_PORT}` }
  }

  /** A member in a page of Chromium. */
  async tab(name: string): Promise<Tab> {
    // Loaded here, as most scenarios need no browser.
    const { openTab } = await import('./tab.js')
    const options = { signalingServer: this.sigverUrl }
    const tab = await openTab(name, this.network.host(), options)
    this.tabs.push(tab)
    this.watch(tab.member)
    return tab
  }

  // ---- what is noted

  figure(text: string): void {
    this.figures.push(text)
  }

  /** Watches this member, too: what must never happen, and errors that nobody expects, fail the scenario. */
  watch<Someone extends Member>(member: Someone): Someone {
    this.members.push(member)
    return member
  }

  /** It is gone: nothing of it is looked at any more. */
  forget(member: Member): void {
    this.members = this.members.filter((other) => other !== member)
  }

  /** What holds at the end of every scenario, for all who are still alive. */
  async check(): Promise<void> {
    for (const member of this.members) {
      if (member instanceof DistantMember && member.program.hasEnded) continue
      assert.deepEqual(await member.broken(), [], member.name)
      const errors = (await member.told('error')).filter((error) => !this.expectedErrors.test(String(error)))
      assert.deepEqual(errors, [], member.name)
    }
    const crashed = this.programs.filter(({ child }) => child.exitCode !== null || isCrash(child.signalCode))
    assert.deepEqual(
      crashed.map(({ name, lastWords }) => `${name} ended by itself: ${lastWords}`),
      [],
    )
  }

  async close(): Promise<void> {
    await Promise.all(this.tabs.map((tab) => tab.close()))
    await Promise.all(this.programs.map((program) => program.kill()))
    this.network.close()
  }

  private get sigverUrl(): string {
    return `ws://${this.server.address}:${SIGVER_PORT}`
  }

  private distant(name: string, program: Program): Promise<DistantMember> {
    return this.watch(new DistantMember(name, this.keep(program))).ready()
  }

  private keep(program: Program): Program {
    this.programs.push(program)
    return program
  }
}

/** Of the signals, tests themselves send SIGKILL only. */
const isCrash = (signal: NodeJS.Signals | null): boolean => signal !== null && signal !== 'SIGKILL'

/** What a test does in a network of its own, with a Sigver. */
export function scenario(run: (scene: Scene) => Promise<void>): (context: TestContext) => Promise<void> {
  return async ({ name }) => {
    const scene = new Scene()
    try {
      await scene.startSigver()
      await run(scene)
      await scene.check()
    } finally {
      console.log(`network: ${name}: ${scene.figures.join('; ')}`)
      await scene.close()
    }
  }
}
