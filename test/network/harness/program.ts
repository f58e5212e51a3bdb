// A process on a host of the network. It can be killed, stopped and continued; whatever happens, it does not outlive
// the test.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Host } from './network.js'

export class Program {
  private readonly onExit = () => this.child.kill('SIGKILL')
  private output = ''

  private constructor(
    readonly name: string,
    readonly child: ChildProcess,
  ) {
    process.once('exit', this.onExit)
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text) => (this.output = (this.output + text).slice(-20_000)))
  }

  static start(host: Host, command: readonly string[]): Program {
    const args = ['netns', 'exec', host.space, ...command]
    // `ip` becomes the command: signals reach it, and so does the channel for calls. Advanced: it keeps `undefined`.
    const child = spawn('ip', args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], serialization: 'advanced' })
    return new Program(command.slice(0, 4).join(' '), child)
  }

  /** A script of ours, named from the folder above. */
  static script(host: Host, script: string, ...args: string[]): Program {
    const path = fileURLToPath(new URL(`../${script}`, import.meta.url))
    return Program.start(host, [process.execPath, '--import', 'tsx', path, ...args])
  }

  /** Resolves when it has printed this; rejects when it ends before, or after 20 s. */
  printed(text: string): Promise<void> {
    const { child } = this
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.output.includes(text)) end(resolve)
        else if (this.hasEnded) fail()
      }
      const fail = () => end(() => reject(new Error(`${this.name} did not print "${text}": ${this.output}`)))
      const end = (settle: () => void) => {
        clearTimeout(timer)
        child.stdout?.off('data', look)
        child.off('exit', look)
        settle()
      }
      const timer = setTimeout(fail, 20_000)
      child.stdout?.on('data', look)
      child.on('exit', look)
      look()
    })
  }

  /** What it printed last. */
  get lastWords(): string {
    return this.output
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** It does nothing until it is continued, and does not know. */
  stop(): void {
    this.child.kill('SIGSTOP')
  }

  continue(): void {
    this.child.kill('SIGCONT')
  }

  /** kill -9: no goodbye. */
  async kill(): Promise<void> {
    process.off('exit', this.onExit)
    if (this.hasEnded) return
    const ended = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await ended
  }
}
