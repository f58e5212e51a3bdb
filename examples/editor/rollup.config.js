// Bundles the page into examples/editor/dist, with everything inside: it loads nothing from elsewhere.
// Run by `npm start` before the server. Types are checked by tsc, not here.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import commonjs from '@rollup/plugin-commonjs'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import esbuild, { minify } from 'rollup-plugin-esbuild'

const here = dirname(fileURLToPath(import.meta.url))
rmSync(join(here, 'dist'), { recursive: true, force: true })

// 64-bit numbers for protobufjs, which our messages have not: with WebAssembly, which the page's security policy forbids.
const withoutLong = {
  name: 'without-long',
  resolveId: (id) => (id === 'long' ? join(here, '../../scripts/nothing.cjs') : null),
}

const copied = {
  name: 'copied',
  generateBundle() {
    const folder = join(here, 'page')
    for (const fileName of readdirSync(folder).filter((name) => /\.(html|css|svg)$/.test(name)))
      this.emitFile({ type: 'asset', fileName, source: readFileSync(join(folder, fileName)) })
  },
}

export default {
  input: join(here, 'page/main.ts'),
  onwarn(warning) {
    if (warning.code === 'CIRCULAR_DEPENDENCY' && warning.ids.every((id) => id.includes('node_modules')))
      return
    throw new Error(warning.message)
  },
  plugins: [
    withoutLong,
    nodeResolve({ browser: true, preferBuiltins: false, exportConditions: ['es2015'] }),
    commonjs(),
    esbuild({ target: 'es2022' }),
    copied,
  ],
  output: {
    file: join(here, 'dist/main.js'),
    format: 'es',
    // Not terser, which takes several times as long for 3 % less: whoever starts the server waits for it.
    plugins: [minify({ target: 'es2022' })],
  },
}
