// The installed package through Vite's production build, and through webpack with the conditions that Next sets
// for its pages, its server and its edge runtime.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { build as viteBuild, createLogger } from 'vite'
import webpack from 'webpack'
import type { Consumer } from './consumer.js'

const forWebpack: Record<string, webpack.Configuration> = {
  client: { target: 'web', entry: './bundled.js' },
  edge: {
    target: 'webworker',
    entry: './bundled.js',
    resolve: { conditionNames: ['edge-light', 'worker', '...'] },
  },
  server: {
    target: 'node20',
    entry: './bundledServer.js',
    resolve: { conditionNames: ['node', '...'] },
    output: { library: { type: 'commonjs2' } },
  },
}

// ws tries two packages that make it faster, and does without them.
const isExpected = (warning: string): boolean => /'(bufferutil|utf-8-validate)'/.test(warning)

function pack(configuration: webpack.Configuration): Promise<webpack.StatsCompilation> {
  return new Promise((resolve, reject) => {
    // Resolved and put together as for production; making it small would only take time.
    const mode = { mode: 'production', performance: false, optimization: { minimize: false } } as const
    webpack({ ...mode, ...configuration }, (error, stats) => {
      if (error || !stats) reject(error ?? new Error('webpack says nothing'))
      else resolve(stats.toJson({ all: false, errors: true, warnings: true }))
    })
  })
}

export function bundlerTests(consumer: () => Consumer): void {
  it('is built by Vite without a warning', async () => {
    const said: string[] = []
    const logger = createLogger('warn')
    logger.warn = logger.error = (message) => void said.push(message)
    await viteBuild({
      root: join(consumer().folder, 'vite'),
      configFile: false,
      customLogger: logger,
      build: { outDir: 'built', minify: false },
    })
    assert.deepEqual(said, [])
    const assets = join(consumer().folder, 'vite/built/assets')
    const script = readdirSync(assets).find((file) => file.endsWith('.js'))
    assert.match(readFileSync(join(assets, script ?? ''), 'utf8'), /RTCPeerConnection/)
  })

  for (const [name, configuration] of Object.entries(forWebpack)) {
    it(`is built by webpack for Next's ${name}`, async () => {
      const { folder } = consumer()
      const output = { ...configuration.output, path: join(folder, 'webpack'), filename: `${name}.cjs` }
      const { errors = [], warnings = [] } = await pack({ ...configuration, context: folder, output })
      const said = [...errors, ...warnings].map(({ message }) => message)
      assert.deepEqual(
        said.filter((message) => !isExpected(message)),
        [],
      )
    })
  }

  it('runs as a part of a server that webpack has built', async () => {
    const { code, stdout, stderr } = await consumer().node('webpack/server.cjs')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /function function/)
  })
}
