// What the tests of the public API share: a Sigver, members and bots that end with their test, and waiting with a deadline.
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ErrorCode, NetfluxError } from '../../src/core/errors.js'
import { SigverCore } from '../../src/core/sigver.js'
import { Driver } from '../../src/driver.js'
import {
  Bot,
  type BotOptions,
  SignalingState,
  WebGroup,
  type WebGroupOptions,
  WebGroupState,
} from '../../src/index.node.js'
import { Listener } from '../../src/io/listener.js'
import { NodePort } from '../../src/io/node.js'

/** What takes longer than this has failed. */
export const DEADLINE = 8_000

/** What the user of a group was told, in order, in one line each. */
export type Diary = string[]

/** Looks again and again, as not everything that can be waited for has an event. */
export async function until(isTrue: () => boolean, what: string, within = DEADLINE): Promise<void> {
  const end = performance.now() + within
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`)
    await sleep(2)
  }
}

/** The value of a promise that may not take for ever. */
export async function soon<T>(promise: Promise<T>, what: string, within = DEADLINE): Promise<T> {
  const alarm = new AbortController()
  const late = sleep(within, undefined, { signal: alarm.signal }).then(() => {
    throw new Error(`waited in vain for ${what}`)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    late.catch(() => {})
    alarm.abort()
  }
}

/** Whether it is settled by the end of this turn. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  const turn = new Promise((resolve) => setImmediate(resolve, pending))
  return (await Promise.race([promise.catch(() => {}), turn])) !== pending
}

export function throwsCode(action: () => unknown, code: ErrorCode, message?: RegExp): void {
  assert.throws(action, (error) => isCoded(error, code, message))
}

export async function rejectsCode(
  promise: Promise<unknown>,
  code: ErrorCode,
  message?: RegExp,
): Promise<void> {
  await soon(
    assert.rejects(promise, (error) => isCoded(error, code, message)),
    code,
  )
}

function isCoded(error: unknown, code: ErrorCode, message = /./): boolean {
  assert.ok(error instanceof NetfluxError, String(error))
  assert.equal(error.code, code)
  assert.match(error.message, message)
  return true
}

/** Sets every handler; what they are told is in the diary. */
export function keepDiary(group: WebGroup): Diary {
  const diary: Diary = []
  group.onMyId = (id) => diary.push(`myId ${id}`)
  group.onStateChange = (state) => diary.push(WebGroupState[state] ?? '')
  group.onSignalingStateChange = (state) => diary.push(`signaling ${SignalingState[state]}`)
  group.onMemberJoin = (id) => diary.push(`join ${id}`)
  group.onMemberLeave = (id) => diary.push(`leave ${id}`)
  group.onMessage = (id, data) =>
    diary.push(`message ${id} ${typeof data === 'string' ? data : `bytes ${data.join(' ')}`}`)
  group.onError = (error) => diary.push(`error ${error.code}`)
  return diary
}

export const sorted = (ids: Iterable<number>): number[] => [...ids].sort((a, b) => a - b)

export const urlOf = (server: { address(): AddressInfo | string | null }, scheme = 'ws'): string =>
  `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`

/** A Sigver that can be stopped, as if its machine had died, and started again at the same address. */
export class TestSigver {
  private server: Server | undefined
  private readonly sockets = new Set<Socket>()
  url = ''

  async start(): Promise<void> {
    const server = createServer()
    server.on('connection', (socket) => this.sockets.add(socket))
    this.server = server
    await listen(server, this.url === '' ? 0 : Number(new URL(this.url).port))
    this.url = urlOf(server)
    const port = new NodePort()
    const driver = new Driver(new SigverCore((bytes) => port.random(bytes)), port, () => {})
    new Listener({ server, accepts: (path) => path.slice(1) }, (socket, path, address) =>
      driver.submit({ on: 'accepted', channel: port.adopt(socket), path, address }),
    )
  }

  stop(): void {
    this.server?.close()
    this.server = undefined
    for (const socket of this.sockets) socket.destroy()
    this.sockets.clear()
  }
}

export async function listen(
  server: { listen(port: number, host: string, done: () => void): unknown },
  port = 0,
): Promise<void> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
}

/** An address where nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = createTcpServer()
  await listen(server)
  const url = urlOf(server)
  await new Promise((resolve) => server.close(resolve))
  return url
}

export class Stage {
  readonly sigver = new TestSigver()
  private readonly groups: { leave(): void }[] = []
  private readonly bots: Bot[] = []
  private readonly ends: (() => unknown)[] = []

  static async begin(): Promise<Stage> {
    const stage = new Stage()
    await stage.sigver.start()
    return stage
  }

  get options(): WebGroupOptions {
    return { signalingServer: this.sigver.url, rtcConfiguration: { iceServers: [] } }
  }

  group(options: WebGroupOptions = {}): WebGroup {
    const group = new WebGroup({ ...this.options, ...options })
    this.groups.push(group)
    return group
  }

  /** So many members of one group, all in touch and directly linked. */
  async members(count: number, key = 'a key', options: WebGroupOptions = {}): Promise<WebGroup[]> {
    const groups = Array.from({ length: count }, () => this.group(options))
    for (const group of groups) await soon(group.join(key), 'a join')
    await meet(groups)
    return groups
  }

  async bot(options: Partial<BotOptions> = {}): Promise<Bot> {
    const server = options.server ?? (await this.http())
    const bot = new Bot({ ...this.options, server, ...options })
    this.bots.push(bot)
    return bot
  }

  async http(): Promise<Server> {
    const server = createServer()
    await listen(server)
    this.atEnd(() => {
      server.closeAllConnections()
      server.close()
    })
    return server
  }

  atEnd(action: () => unknown): void {
    this.ends.push(action)
  }

  async end(): Promise<void> {
    for (const group of this.groups) group.leave()
    await Promise.all(this.bots.map((bot) => soon(bot.close(), 'a bot to close')))
    this.sigver.stop()
    for (const action of this.ends.reverse()) await action()
  }
}

/** Everyone is JOINED and sees everyone, over links of their own. */
export async function meet(groups: readonly WebGroup[]): Promise<void> {
  const isDone = (group: WebGroup) =>
    group.state === WebGroupState.JOINED &&
    group.members.length === groups.length &&
    group.neighbors.length === groups.length - 1
  await until(() => groups.every(isDone), `${groups.length} members to be linked`)
}

/** A stage for the length of one test. */
export const onStage = (body: (stage: Stage) => Promise<void>) => async (): Promise<void> => {
  const stage = await Stage.begin()
  try {
    await body(stage)
  } finally {
    await stage.end()
  }
}
