// Sigver as a process of its own, which can be killed and started again at the same address.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./sigver.child.ts', import.meta.url))

export class SigverProcess {
  private child: ChildProcess | undefined
  private port = 0

  get url(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  /** At the same port as before. Resolves when it listens. */
  async start(): Promise<void> {
    const args = ['--import', 'tsx', script, String(this.port)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.child = child
    const [line] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown]
    this.port = Number(line)
    if (!(this.port > 0)) throw new Error('sigver did not start')
  }

  /** Without any goodbye. */
  async kill(): Promise<void> {
    const child = this.child
    this.child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}
