// The processes of test/deploy: nginx, Sigvers, coturn and members, each with what it printed. None outlives its test.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'node:test'

const releases: (() => unknown)[] = []

afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release()
})

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'netflux-deploy-'))
  releases.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export async function until(isSo: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  const end = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > end) assert.fail(`not within 60 s: ${what()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export class Running {
  output = ''
  readonly child: ChildProcess

  constructor(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const env = { ...process.env, ...environment }
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env })
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (text) => (this.output += String(text)))
    // What it is told may come after its end.
    this.child.stdin?.on('error', () => {})
    releases.push(() => this.kill())
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  printed(text: string): Promise<void> {
    const look = () => {
      if (this.hasEnded && !this.output.includes(text))
        assert.fail(`it ended without "${text}": ${this.output}`)
      return this.output.includes(text)
    }
    return until(look, () => `"${text}" in ${this.output}`)
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.hasEnded) return
    const ended = once(this.child, 'exit')
    this.child.kill(signal)
    await ended
  }
}

const NODE = ['--import', 'tsx']

export async function startSigver(port: number, metricsPort: number): Promise<Running> {
  const flags = [
    '--host',
    '127.0.0.1',
    '--port',
    `${port}`,
    '--metrics-port',
    `${metricsPort}`,
    '--trust-proxy',
  ]
  const sigver = new Running(process.execPath, [...NODE, 'src/bin/sigver.ts', ...flags])
  await sigver.printed('Sigver listens at')
  return sigver
}

interface Seen {
  readonly state: string
  readonly signaling: string
  readonly size: number
  readonly heard: readonly string[]
}

/** One member in each group. */
export class Members {
  private readonly process: Running

  constructor(
    url: string,
    certificate: string,
    readonly name: string,
    private readonly keys: readonly string[],
  ) {
    const environment = { NODE_EXTRA_CA_CERTS: certificate }
    this.process = new Running(
      process.execPath,
      [...NODE, 'test/deploy/member.ts', url, name, ...keys],
      environment,
    )
  }

  /** Until it is so in each group. */
  async all(isSo: (seen: Seen) => boolean, what: string): Promise<void> {
    const look = () => {
      assert.ok(!this.process.hasEnded, this.process.output)
      const seen = this.seen()
      return this.keys.every((key) => {
        const last = seen.get(key)
        return last !== undefined && isSo(last)
      })
    }
    await until(look, () => `${what}, ${this.name}: ${JSON.stringify([...this.seen()])}`)
  }

  joined(size: number): Promise<void> {
    return this.all((seen) => seen.state === 'JOINED' && seen.size === size, `${size} members`)
  }

  /** The others hear it in every group. */
  say(word: string): void {
    this.process.child.stdin?.write(word + '\n')
  }

  private seen(): ReadonlyMap<string, Seen> {
    const lines = this.process.output.split('\n').slice(0, -1)
    const known = lines
      .filter((line) => line.startsWith('{'))
      .map((line): [string, Seen] => {
        const { key, ...seen } = JSON.parse(line)
        return [key, seen]
      })
    return new Map(known)
  }
}
