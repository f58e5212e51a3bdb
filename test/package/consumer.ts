// A user's project: a folder outside of the clone, into which the tarball and its peers are installed.
// @roamhq/wrtc is left out on purpose: nothing may need it.
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** The names that every build exports; Node's also have `Bot`. */
export const sharedNames = [
  'LogLevel',
  'SignalingState',
  'Topology',
  'WebGroup',
  'WebGroupState',
  'setLogLevel',
] as const

export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Consumer {
  readonly folder: string
  /** The installed package itself. */
  readonly netflux: string
  /** Runs `node` in the folder, for half a minute at most. */
  node(...args: string[]): Promise<Run>
  remove(): void
}

async function run(program: string, args: readonly string[], cwd: string, seconds: number): Promise<Run> {
  try {
    const { stdout, stderr } = await execute(program, args, { cwd, timeout: seconds * 1_000 })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, killed, stdout = '', stderr = '' } = error as Partial<Run> & { killed?: boolean }
    const late = killed ? `\nstopped after ${seconds} s` : ''
    return { code: typeof code === 'number' ? code : 1, stdout, stderr: stderr + late }
  }
}

// The version in the clone's node_modules: npm has it in its cache, so that nothing is downloaded.
function versionHere(name: string): string {
  return JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')).version
}

async function install(folder: string): Promise<void> {
  // The build is there already: `prepare` would make it again.
  const pack = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], '.', 60)
  if (pack.code !== 0) throw new Error(`npm pack: ${pack.stderr}`)
  const tarball = pack.stdout.trim().split('\n').at(-1)
  const packages = ['rxjs', 'yjs', 'y-protocols', '@types/node'].map((name) => [name, versionHere(name)])
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: { netflux: `file:${tarball}`, ...Object.fromEntries(packages) },
    }),
  )
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  const installation = await run('npm', ['install', ...flags], folder, 120)
  if (installation.code !== 0) throw new Error(`npm install: ${installation.stderr}`)
}

export async function installConsumer(): Promise<Consumer> {
  const folder = mkdtempSync(join(tmpdir(), 'netflux-consumer-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    await install(folder)
    cpSync(resolve('test/package/consumers'), folder, { recursive: true })
  } catch (error) {
    remove()
    throw error
  }
  return {
    folder,
    netflux: join(folder, 'node_modules/netflux'),
    node: (...args) => run(process.execPath, args, folder, 30),
    remove,
  }
}
