// What the tests of the command share: real processes of it, members of few bytes, certificates and files that vanish.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'node:test'
import { generate } from 'selfsigned'
import { type ClientOptions, WebSocket } from 'ws'

export const TOPIC = 'a-topic_0123456789012345678901234567890abcd'

const releases: (() => unknown)[] = []

export const release = (work: () => unknown): void => void releases.push(work)

afterEach(async () => {
  for (const work of releases.splice(0).reverse()) await work()
})

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'netflux-sigver-'))
  release(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export function file(name: string, content: string | object, within = folder()): string {
  const path = join(within, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

export async function within<T>(promise: Promise<T>, what: string, most = 20_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${most} ms`)), most)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Asks until it is so. */
export async function until(
  isSo: () => Promise<boolean> | boolean,
  what: string,
  most = 20_000,
): Promise<void> {
  const end = performance.now() + most
  while (!(await isSo())) {
    if (performance.now() > end) assert.fail(`${what}: not within ${most} ms`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

export interface Certificate {
  readonly cert: string
  readonly private: string
  readonly fingerprint: string
}

export const makeCertificate = (days = 1): Promise<Certificate> =>
  generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    notBeforeDate: new Date(Date.now() - 2 * 86_400_000),
    notAfterDate: new Date(Date.now() + days * 86_400_000),
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })

type Environment = Readonly<Record<string, string>>

/** A process of the command. What it says is kept, both streams together and apart. */
export class Command {
  stdout = ''
  stderr = ''
  readonly ended: Promise<number | NodeJS.Signals | null>
  readonly child: ChildProcess
  private wake = () => {}

  constructor(args: readonly string[], environment: Environment = {}) {
    this.child = spawn(process.execPath, ['--import', 'tsx', 'src/bin/sigver.ts', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    })
    this.child.stdout?.on('data', (data) => this.hear('stdout', String(data)))
    this.child.stderr?.on('data', (data) => this.hear('stderr', String(data)))
    this.ended = once(this.child, 'close').then(([code, signal]) => (this.wake(), code ?? signal))
    release(() => this.child.kill('SIGKILL'))
  }

  /** One that listens on a free port of this machine. */
  static async start(args: readonly string[] = [], environment: Environment = {}): Promise<Command> {
    const command = new Command(['--host', '127.0.0.1', '--port', '0', ...args], environment)
    await command.said('listens at')
    return command
  }

  get output(): string {
    return this.stdout + this.stderr
  }

  /** Where it said that it listens. */
  get url(): string {
    return /wss?:\/\/[^\s"\\]+/.exec(this.output)?.[0] ?? ''
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  page(path: string): string {
    return new URL(path, this.url.replace(/^ws/, 'http')).href
  }

  /** Lines of the log, as JSON. */
  get lines(): readonly Readonly<Record<string, unknown>>[] {
    return this.stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
  }

  async said(text: string | RegExp, times = 1): Promise<void> {
    const pattern = new RegExp(text, 'g')
    const heard = async () => {
      while ([...this.output.matchAll(pattern)].length < times) {
        if (this.child.exitCode !== null) assert.fail(`it ended without "${text}": ${this.output}`)
        await new Promise<void>((resolve) => (this.wake = resolve))
      }
    }
    await within(heard(), `"${text}" in ${this.output}`)
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  async end(): Promise<number | NodeJS.Signals | null> {
    return within(this.ended, 'its end')
  }

  private hear(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text
    this.wake()
  }
}

/** A member's WebSocket, without the member. */
export class Socket {
  readonly webSocket: WebSocket
  readonly closed: Promise<number>
  readonly opened: Promise<void>
  /** The http status, if it was refused. */
  readonly refused: Promise<number>

  constructor(url: string, options: ClientOptions = {}, topic = TOPIC) {
    this.webSocket = new WebSocket(`${url}/${topic}`, options)
    this.webSocket.on('error', () => {})
    this.closed = new Promise((resolve) => this.webSocket.on('close', resolve))
    this.opened = new Promise((resolve) => this.webSocket.on('open', () => resolve()))
    this.refused = new Promise((resolve) =>
      this.webSocket.on('unexpected-response', (request, response) => {
        resolve(response.statusCode ?? 0)
        request.destroy()
      }),
    )
    release(() => this.webSocket.terminate())
  }

  static async open(url: string, options: ClientOptions = {}, topic = TOPIC): Promise<Socket> {
    const socket = new Socket(url, options, topic)
    await within(socket.opened, `a WebSocket to ${url}`)
    return socket
  }
}
