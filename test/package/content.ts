// What is in the tarball, and how large.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Consumer } from './consumer.js'

const largestUmd = 40_000

const filesOf = ({ netflux }: Consumer): string[] =>
  readdirSync(netflux, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(netflux.length + 1))

// Every path in a nested `exports`.
function targets(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Object.values(value as object).flatMap(targets)
}

export function contentTests(consumer: () => Consumer): void {
  it('contains the build, the licence and the paper, nothing else', () => {
    const strange = filesOf(consumer()).filter(
      (file) => !/^(dist\/|package\.json$|LICENSE$|[A-Z]+\.md$)/.test(file),
    )
    assert.deepEqual(strange, [])
    assert.ok(filesOf(consumer()).includes('LICENSE'))
  })

  it('contains every file that package.json names', () => {
    const { netflux } = consumer()
    const fields = JSON.parse(readFileSync(join(netflux, 'package.json'), 'utf8'))
    const named = [fields.exports, fields.bin, fields.main, fields.module, fields.browser, fields.types]
    const missing = targets(named).filter((file) => !existsSync(join(netflux, file)))
    assert.deepEqual(missing, [])
  })

  it('has a source map for each script', () => {
    const files = filesOf(consumer())
    const without = files.filter((file) => file.endsWith('.js') && !files.includes(`${file}.map`))
    assert.deepEqual(without, [])
  })

  it('needs nothing but rxjs in browsers', async () => {
    const entry = join(consumer().netflux, 'dist/esm/index.browser.js')
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      packages: 'external',
    })
    const bare = Object.values(metafile.inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external }) => external)
      .map(({ path }) => path.split('/')[0])
    assert.deepEqual([...new Set(bare)], ['rxjs'])
  })

  // A second copy would make two classes of the same error, and two of everything that is set per process.
  it('has its code once in each build, whatever the entry', () => {
    const scripts = filesOf(consumer()).filter((file) => /\.js$/.test(file) && !/umd/.test(file))
    const builds = {
      browser: scripts.filter((file) => /^dist\/esm\/(browser\/|.*\.browser\.js$)/.test(file)),
      commonjs: scripts.filter((file) => !file.startsWith('dist/esm/')),
      node: scripts.filter((file) => /^dist\/esm\/(?!browser\/|.*\.browser\.js$)/.test(file)),
    }
    for (const [name, files] of Object.entries(builds)) {
      const copies = files.filter((file) =>
        /class NetfluxError\b/.test(readFileSync(join(consumer().netflux, file), 'utf8')),
      )
      assert.equal(copies.length, 1, `${name}: ${copies.join(', ')}`)
    }
  })

  it(`has at most ${largestUmd} bytes of minified UMD, compressed`, (test) => {
    const scripts = filesOf(consumer()).filter((file) => file.endsWith('.js'))
    const sizes = new Map(
      scripts.map((file) => {
        const content = readFileSync(join(consumer().netflux, file))
        return [file, { plain: content.length, gzip: gzipSync(content, { level: 9 }).length }]
      }),
    )
    for (const [file, { plain, gzip }] of sizes) test.diagnostic(`${file}: ${plain} bytes, gzip ${gzip}`)
    const umd = sizes.get('dist/netflux.umd.min.js')
    assert.ok(umd && umd.gzip <= largestUmd, `dist/netflux.umd.min.js has ${umd?.gzip} bytes`)
  })
}
