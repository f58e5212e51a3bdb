// Server processes: bundled as the package is built, forked, and asked for what they cost. Used by run.ts.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { freePort } from '../../test/freePort.js'
import type { Cost, Question, Setup } from './server.js'

const sigver20 = fileURLToPath(new URL('../node_modules/sigver/dist/server.js', import.meta.url))

/** With SIGVER_PROFILE=<folder> each process writes its CPU profile there when it ends. */
const profiles = process.env['SIGVER_PROFILE']
const execArgv = ['--expose-gc', ...(profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [])]

export class ServerProcess {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(program: string, setup: Setup): Promise<ServerProcess> {
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const
    const child = fork(program, [JSON.stringify(setup)], { execArgv, stdio: [...stdio] })
    const [{ url }] = (await once(child, 'message')) as [{ readonly url: string }]
    return new ServerProcess(url, child)
  }

  async ask(question: Question): Promise<Cost> {
    const answer = once(this.child, 'message')
    this.child.send(question)
    const [cost] = (await answer) as [Cost]
    return cost
  }

  async end(): Promise<void> {
    if (!this.child.connected) return
    const exit = once(this.child, 'exit')
    this.child.disconnect()
    await exit
  }
}

/** Not with tsx, which gives each closure its name when it is made. `target` as in rollup.config.js. */
export async function bundleServer(): Promise<{ readonly program: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'netflux-bench-'))
  const program = join(folder, 'server.cjs')
  await build({
    entryPoints: [fileURLToPath(new URL('server.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'es2022',
    external: ['bufferutil', 'utf-8-validate'],
    logLevel: 'error',
  })
  return { program, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export const sigver20Setup = async (): Promise<Setup> => ({
  kind: 'sigver20',
  program: sigver20,
  port: await freePort(),
})
