// A copy of the repository in a temporary folder, in which one fault after the other is planted and looked for.
// Used by mutate.ts, one workshop per worker.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadedBy } from './imports.js'
import { type Mutant, plant } from './mutant.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COPIED = ['src', 'proto', 'test/core', 'test/simulation', 'test/mutation', 'scripts', 'docs']
const FILES = ['package.json', 'tsconfig.json', 'README.md']

/** In seconds; many times what they take on two busy cores. */
const DEADLINES = { unit: 120, simulator: 120 }

/** Tests that take a second or more. */
const LONG = /Model|Fuzz/

export type Catcher = 'unit' | 'simulator' | 'hangs' | 'survived'

export interface Finding {
  readonly mutant: Mutant
  readonly by: Catcher
  /** The test or the seed that failed. */
  readonly what: string
  readonly seconds: number
}

export interface Methods {
  readonly seeds: number
  readonly simulatorOnly: boolean
}

export const sourceOf = ({ file }: Mutant): string => readFileSync(join(ROOT, 'src/core', file), 'utf8')

export class Workshop {
  private readonly folder = mkdtempSync(join(tmpdir(), 'netflux-mutate-'))
  private child: ChildProcess | undefined

  constructor(private readonly methods: Methods) {
    for (const path of [...COPIED, ...FILES])
      cpSync(join(ROOT, path), join(this.folder, path), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'))
  }

  /** Ends what runs, and leaves nothing behind. */
  close(): void {
    this.child?.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  async examine(mutant: Mutant): Promise<Finding> {
    const start = performance.now()
    const path = join(this.folder, 'src/core', mutant.file)
    const sound = readFileSync(path, 'utf8')
    writeFileSync(path, plant(mutant, sound))
    try {
      const caught = await this.search(mutant)
      return { mutant, ...caught, seconds: (performance.now() - start) / 1_000 }
    } finally {
      writeFileSync(path, sound)
    }
  }

  private async search(mutant: Mutant): Promise<Pick<Finding, 'by' | 'what'>> {
    const { seeds, simulatorOnly } = this.methods
    const files = simulatorOnly ? [] : this.unitTests(mutant)
    if (files.length > 0) {
      const failure = await this.run(['test/mutation/several.ts', ...files], DEADLINES.unit)
      if (failure !== undefined) return { by: by(failure, 'unit'), what: failure }
    }
    for (const args of [['test/simulation/promises.test.ts'], ['test/mutation/lives.ts', String(seeds)]]) {
      const failure = await this.run(args, DEADLINES.simulator)
      if (failure !== undefined) return { by: by(failure, 'simulator'), what: failure }
    }
    return { by: 'survived', what: '' }
  }

  /** Those that load the file: first those that are about it, then the others, the long ones last. */
  private unitTests({ file, near }: Mutant): string[] {
    const tests = readdirSync(join(this.folder, 'test/core')).filter((name) => name.endsWith('.test.ts'))
    const rank = (test: string) => {
      const index = near.findIndex((name) => test.startsWith(name))
      return index >= 0 ? index : near.length + Number(LONG.test(test))
    }
    return tests
      .filter((test) =>
        loadedBy(join(this.folder, 'test/core', test)).has(join(this.folder, 'src/core', file)),
      )
      .sort((a, b) => rank(a) - rank(b))
      .map((test) => `test/core/${test}`)
  }

  /** Until the first failure, which it returns. */
  private run(args: readonly string[], deadline: number): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      // A fault that fills the memory is caught, too.
      const flags = ['--import', 'tsx', '--max-old-space-size=1500', '--test-reporter=tap']
      const child = spawn(process.execPath, [...flags, ...args], {
        cwd: this.folder,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      this.child = child
      let told = ''
      let failure: string | undefined
      const end = (what: string) => {
        failure ??= what
        child.kill('SIGKILL')
      }
      const timer = setTimeout(() => end(HANGS), deadline * 1_000)
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        told = (told + text).slice(-100_000)
        const found = /^ *not ok (.*)\n/m.exec(told)
        if (found) end(found[1]?.replace(/^\d+ - /, '') ?? '')
      })
      child.on('error', reject)
      child.on('close', (code, signal) => {
        clearTimeout(timer)
        if (code !== 0) failure ??= `ended with ${signal ?? code}`
        resolve(failure)
      })
    })
  }
}

const HANGS = 'takes too long'

const by = (failure: string, catcher: Catcher): Catcher => (failure === HANGS ? 'hangs' : catcher)
