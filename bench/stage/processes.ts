// Node processes with agents in them.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Call, Reply, Usage } from '../agent/node.js'
import type { Name } from '../libraries.js'
import type { Arguments, Method, Remote, Result } from './remote.js'
import type { Stage } from './stage.js'

export type Rtc = 'wrtc' | 'node-datachannel'

const script = fileURLToPath(new URL('../agent/node.ts', import.meta.url))
/** Index of what is asked of the process itself. */
const ITSELF = -1

export class MemberProcess {
  private readonly pending = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >()
  private last = 0

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({ id, result, error }: Reply) => {
      const call = this.pending.get(id)
      this.pending.delete(id)
      if (error === undefined) call?.resolve(result)
      else call?.reject(new Error(error))
    })
    child.on('exit', (code, signal) => {
      for (const { reject } of this.pending.values())
        reject(new Error(`a process ended: ${signal ?? `code ${code}`}`))
    })
  }

  static async start(stage: Stage, library: Name, rtc: Rtc = 'wrtc'): Promise<MemberProcess> {
    const child = fork(script, [library, rtc], {
      execArgv: ['--expose-gc', '--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    stage.endLater(() => end(child))
    await Promise.race([once(child, 'message'), failure(child)])
    return new MemberProcess(child)
  }

  /** A member that lives there. */
  agent(index: number): Remote {
    return {
      call: <Name extends Method>(name: Name, ...args: Arguments<Name>) =>
        this.ask(index, name, args) as Result<Name>,
      end: () => this.end(),
    }
  }

  usage(): Promise<Usage> {
    return this.ask(ITSELF, 'usage', []) as Promise<Usage>
  }

  bot(signalingServer: string): Promise<string> {
    return this.ask(ITSELF, 'bot', [signalingServer]) as Promise<string>
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(name)
  }

  end(): Promise<void> {
    return end(this.child)
  }

  private ask(agent: number, name: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call: Call = { id: ++this.last, agent, name, args }
      this.pending.set(call.id, { resolve, reject })
      this.child.send(call)
    })
  }
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null]
  throw new Error(`a process did not start: code ${code}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
