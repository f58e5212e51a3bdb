// The Sigver that is attacked: a real process of the command, its memory and its counts of refusals.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** Bytes. */
export interface Memory {
  /** Heap and buffers that are in use, after a collection. */
  readonly held: number
  readonly rss: number
}

/** Each attacker holds up to 10,000 sockets, and this side of them is as many. */
const raised = 'ulimit -n 24000 2>/dev/null || ulimit -n "$(ulimit -Hn)"; exec "$@"'

export function spawnRaised(args: readonly string[], ipc = true): ChildProcess {
  const channel = ipc ? (['ipc'] as const) : []
  return spawn('sh', ['-c', raised, 'sh', process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', ...channel],
  })
}

export class AttackedSigver {
  private peakRss = 0
  private readonly watch = setInterval(() => this.look(), 50)

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    private readonly metricsUrl: string,
  ) {}

  static async start(flags: readonly string[] = []): Promise<AttackedSigver> {
    const node = ['--expose-gc', '--import', 'tsx', '--import', './test/attack/memory.ts']
    const places = ['--host', '127.0.0.1', '--port', '0', '--metrics-port', '0']
    const child = spawnRaised([...node, 'src/bin/sigver.ts', ...places, ...flags])
    let said = ''
    for await (const text of child.stdout ?? []) {
      said += String(text)
      if (said.includes('metricsUrl') && said.endsWith('\n')) break
    }
    const line = JSON.parse(said.split('\n')[0] ?? '')
    return new AttackedSigver(child, String(/wss?:\/\/[^\s"]+/.exec(said)?.[0]), String(line.metricsUrl))
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  async memory(): Promise<Memory> {
    const answer = once(this.child, 'message')
    this.child.send('memory')
    const [memory] = await answer
    return memory
  }

  /** Since the last time. */
  takePeak(): number {
    this.look()
    const peak = this.peakRss
    this.peakRss = 0
    return peak
  }

  /** Of the WebSockets that were refused so far: how many, by code. */
  async refusals(): Promise<ReadonlyMap<number, number>> {
    const lines = (await this.metrics()).matchAll(/^sigver_refusals_total\{code="(\d+)"\} (\d+)$/gm)
    return new Map([...lines].map(([, code, count]) => [Number(code), Number(count)]))
  }

  /** Nobody of the attackers is left, neither their sockets nor their rooms, as far as Sigver counts them. */
  async leftTo(members: number): Promise<void> {
    const end = performance.now() + 5_000
    for (;;) {
      const text = await this.metrics()
      const count = (name: string) => Number(new RegExp(`^sigver_${name} (\\d+)$`, 'm').exec(text)?.[1])
      if (count('rooms') === 1 && count('peers') <= members && count('connections') <= members) return
      if (performance.now() > end)
        assert.fail(`${count('connections')} sockets and ${count('rooms')} rooms are left`)
    }
  }

  private async metrics(): Promise<string> {
    return (await fetch(this.metricsUrl)).text()
  }

  async end(): Promise<void> {
    clearInterval(this.watch)
    assert.equal(this.child.exitCode, null, 'Sigver has ended')
    const ended = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await ended
  }

  private look(): void {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8')
      this.peakRss = Math.max(this.peakRss, 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0))
    } catch {
      // Where there is no /proc the peak stays 0.
    }
  }
}
