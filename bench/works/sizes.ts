// How large the libraries are for browsers, in gzip -9: ours as it is published, the others as esbuild bundles them.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { libraries, type Name } from '../libraries.js'
import type { Contender, Sample, Work } from './work.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bench = join(root, 'bench')
const umd = join(root, 'dist', 'netflux.umd.min.js')

const kilobytes = (code: Uint8Array): number => gzipSync(code, { level: 9 }).length / 1000

/** What a program needs that uses nothing else of the library. */
async function bundled(contents: string, external: string[] = []): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: bench },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    define: { global: 'globalThis' },
    external,
    logLevel: 'error',
  })
  return kilobytes(outputFiles[0]?.contents ?? new Uint8Array())
}

/** Builds dist/ anew where src is newer. */
function refresh(): void {
  const newest = Math.max(
    ...readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  )
  const built = statSync(umd, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (built < newest) execFileSync('npm', ['run', '--silent', 'bundle'], { cwd: root, stdio: 'ignore' })
}

function published(): number {
  refresh()
  return kilobytes(readFileSync(umd))
}

function module(external: string[] = []): Promise<number> {
  refresh()
  return bundled(ours, external)
}

const ours = `export { WebGroup, WebGroupState } from '../dist/esm/index.browser.js'`
const only = (what: string, from: string) => `export { ${what} } from '${from}'`

const ways: Record<string, () => Promise<number> | number> = {
  'ours umd': published,
  'ours esm': () => module(['rxjs']),
  'ours whole': () => module(),
  'netflux4 umd': () => bundled(only('WebGroup', 'netflux4/dist/netflux.browser.es5.umd.js')),
  peerjs: () => bundled(only('Peer', 'peerjs')),
  ywebrtc: () => bundled(only('WebrtcProvider', 'y-webrtc')),
  trystero: () => bundled(only('joinRoom', 'trystero')),
}

const contender = (id: string, library: Name, what = ''): Contender => ({
  id,
  library,
  title: libraries[library].title + what,
})

const TITLE = 'Size for browsers'

export const sizes: readonly Work[] = [
  {
    name: 'sizes',
    title: TITLE,
    text: 'Minified, gzip -9, 1 kB is 1,000 bytes. The class or function that each program begins with, and what it needs, bundled by esbuild; the UMD build as it is published.',
    contenders: [
      contender('ours umd', 'ours', ', UMD with everything inside'),
      contender('ours esm', 'ours', ', ESM without rxjs'),
      contender('ours whole', 'ours', ', ESM with rxjs'),
      contender('netflux4 umd', 'netflux4', ', UMD with everything inside'),
      contender('peerjs', 'peerjs'),
      contender('ywebrtc', 'ywebrtc', ', with Yjs'),
      contender('trystero', 'trystero'),
    ],
    figures: [
      {
        id: 'size',
        title: TITLE,
        unit: 'kB',
        better: 'less',
        reference: 'netflux4 umd',
        targets: [
          { of: 'ours umd', against: [], bound: 38 },
          { of: 'ours esm', against: [], bound: 35 },
        ],
      },
    ],
    isMain: true,
    deadline: 60_000,
    mostRuns: 1,
    measure: async ({ id }): Promise<Sample> => {
      const size = await ways[id]?.()
      return { figures: size === undefined ? {} : { size } }
    },
  },
]
