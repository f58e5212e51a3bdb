// Runs the editor's server as a process of its own, for the tests that need one: as `npm start` does, or without building.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const SERVER = [process.execPath, '--import', 'tsx', 'examples/editor/server.ts']

/** What takes longer than this has failed. A start includes the compilation of the sources, on a busy machine. */
const DEADLINE = 30_000

export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export class EditorProcess {
  private readonly child: ChildProcess
  private readonly exit: Promise<End>
  stdout = ''
  stderr = ''

  constructor(environment: Record<string, string>, command: readonly string[] = SERVER) {
    const [program = '', ...args] = command
    const env = { ...process.env, PORT: '0', ...environment }
    this.child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.on('data', (text) => (this.stdout += text))
    this.child.stderr?.on('data', (text) => (this.stderr += text))
    this.exit = once(this.child, 'close').then(([code, signal]) => ({ code, signal }) as End)
  }

  /** Its URL, once it has printed it. */
  async url(): Promise<string> {
    for (;;) {
      const url = /^The editor runs on (\S+)$/m.exec(this.stdout)?.[1]
      if (url !== undefined) return url
      const news = this.child.stdout ? once(this.child.stdout, 'data') : this.exit
      const ended = await soon(Promise.race([news.then(() => false), this.exit.then(() => true)]), 'the URL')
      if (ended) throw new Error(`the server ended: ${this.stderr}`)
    }
  }

  ended(): Promise<End> {
    return soon(this.exit, 'the end of the server')
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<End> {
    this.child.kill(signal)
    return this.ended()
  }
}

/** A folder for documents, for the length of a test. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'netflux-editor-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Bundles the page, as `npm start` does before it runs the server. */
export async function buildPage(): Promise<void> {
  const args = ['rollup', '-c', 'examples/editor/rollup.config.js', '--silent']
  const [code] = (await once(spawn('npx', args, { cwd: root, stdio: 'inherit' }), 'close')) as [number]
  if (code !== 0) throw new Error('the page cannot be built')
}

async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), DEADLINE)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
