// Several processes on one machine that are one Sigver and share its port: the parent starts them, passes on what they say
// to each other, and ends with them. Called by command.ts in the parent; a worker runs a Service of its own.
import cluster, { type Worker } from 'node:cluster'
import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { type BusMessage, isBusMessage } from './processBus.js'

/** A worker that died is started again after so many milliseconds: one that cannot run must not fill the log. A guess. */
const RESTART = 1_000

/** Workers find the secret of their cluster here, unless they have one. Nobody else ever sees it. */
export const WORKER_SECRET = 'NETFLUX_WORKER_SECRET'

/** What a worker tells its parent when it listens. */
export interface Listening {
  readonly listens: string
}

export class Workers {
  private readonly names = new Map<string, Worker>()
  private readonly secret = randomBytes(32).toString('base64')
  private isEnding = false

  constructor(
    private readonly count: number,
    private readonly log: Logger,
  ) {}

  /** Where they listen. Rejects if one of them ends before. */
  start(): Promise<string> {
    // Bytes stay bytes.
    cluster.setupPrimary({ serialization: 'advanced' })
    return new Promise((resolve, reject) => {
      let listening = 0
      const onListening = (url: string) => {
        if (++listening === this.count) resolve(url)
      }
      const onEnd = () => {
        if (listening >= this.count) return false
        this.isEnding = true
        this.signal('SIGTERM')
        reject(new Error('a worker could not start'))
        return true
      }
      for (let i = 0; i < this.count; i++) this.fork(onListening, onEnd)
    })
  }

  /** All of them hear it. */
  signal(signal: NodeJS.Signals): void {
    for (const worker of this.all) worker.process.kill(signal)
  }

  /** They drain; resolves when all are gone. */
  async end(): Promise<void> {
    this.isEnding = true
    const gone = this.all.map((worker) => new Promise((resolve) => worker.once('exit', resolve)))
    this.signal('SIGTERM')
    await Promise.all(gone)
  }

  private get all(): Worker[] {
    return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
  }

  /** `onEnd` says whether that was expected. */
  private fork(onListening: (url: string) => void, onEnd: () => boolean): void {
    const worker = cluster.fork({ [WORKER_SECRET]: this.secret })
    worker.on('message', (message: unknown) => {
      if (isBusMessage(message)) this.pass(worker, message)
      else if (isListening(message)) onListening(message.listens)
    })
    worker.on('exit', (code, signal) => {
      for (const [name, known] of this.names) if (known === worker) this.names.delete(name)
      if (this.isEnding || onEnd()) return
      this.log.error({ code, signal }, 'a worker died and is started again')
      setTimeout(() => {
        if (!this.isEnding) this.fork(onListening, onEnd)
      }, RESTART)
    })
  }

  private pass(from: Worker, message: BusMessage): void {
    if (message.bus === 'open') this.names.set(message.me, from)
    if (message.bus !== 'post') return
    const { to, bytes } = message
    const passed: BusMessage = { bus: 'passed', bytes }
    for (const [name, worker] of this.names) {
      if (worker === from || (to !== undefined && to !== name) || !worker.isConnected()) continue
      worker.send(passed, () => {})
    }
  }
}

const isListening = (message: unknown): message is Listening =>
  typeof message === 'object' && message !== null && 'listens' in message
