// Builds dist/ from src/: browsers (UMD and ES modules), Node (ES modules and CommonJS), types.
// esbuild and dts report no type errors: `npm run build` runs tsc before this.
// Every warning ends the build: a missing entry, an unresolved import or a cycle is never skipped.
import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import commonjs from '@rollup/plugin-commonjs'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { dts } from 'rollup-plugin-dts'
import esbuild, { minify } from 'rollup-plugin-esbuild'
import { shortNames } from './scripts/shortNames.js'

// Chunks are named after what they share; leftovers of an older build would be packed too.
rmSync(new URL('dist', import.meta.url), { recursive: true, force: true })

// es2022: older targets turn each #private field into a WeakMap, which is slower and larger.
const typescript = (options) => esbuild({ target: 'es2022', ...options })

const names = shortNames()
// A cache that has them all: every file and every build gets the same.
const shortened = { mangleProps: new RegExp(`^(${Object.keys(names).join('|')})$`), mangleCache: names }

const { dependencies, peerDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url)))
const packages = (names) => names.map((name) => new RegExp(`^${name}(/|$)`))
// One copy in a program, the user's: the group's streams and documents are of the user's classes.
const peers = packages(Object.keys(peerDependencies))
const installed = packages(Object.keys(dependencies))

// The root package.json says "module"; without these two, Node would take the .cjs.js files for ES modules.
const folderType = (type) => ({
  name: 'folder-type',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: `{ "type": "${type}" }\n` })
  },
})

// Lazy imports are of optional packages: a bundler must not fail where they are not installed.
const lazyImports = {
  name: 'lazy-imports',
  renderDynamicImport: ({ targetModuleId }) =>
    peers.some((name) => name.test(targetModuleId))
      ? { left: 'import(/* webpackIgnore: true */ /* @vite-ignore */ ', right: ')' }
      : null,
}

// For dts, which follows relative imports only. Types of the class are the same on both sides.
const ownName = {
  name: 'own-name',
  resolveId: (id) =>
    id === '#netflux' ? fileURLToPath(new URL('src/index.browser.ts', import.meta.url)) : null,
}

const shebang = {
  name: 'shebang',
  renderChunk: (code, chunk) =>
    chunk.name === 'sigver.cli' && !code.startsWith('#!')
      ? { code: `#!/usr/bin/env node\n${code}`, map: null }
      : null,
}

function onwarn(warning) {
  const isTheirs = (warning.ids ?? [warning.id ?? '']).every((id) => id.includes('node_modules'))
  if (warning.code === 'CIRCULAR_DEPENDENCY' && isTheirs) return
  // A class imported for its type only: lint says it better.
  if (warning.code === 'UNUSED_EXTERNAL_IMPORT') return
  // Two entries share a type that neither exports, such as a base class: users never name it.
  if (warning.plugin === 'dts' && warning.message.includes('private shared type exports')) return
  throw new Error(warning.message)
}

// Entries count as having effects, so that they keep their code instead of passing on that of a chunk.
const treeshake = {
  moduleSideEffects: (id, isExternal) =>
    !isExternal && (id.includes('node_modules') || /src.index\.\w+\.ts$/.test(id)),
}

const browserPlugins = (options) => [
  // es2015: rxjs' modern build, a fifth of its size less.
  nodeResolve({ browser: true, preferBuiltins: false, exportConditions: ['es2015'] }),
  commonjs(),
  typescript(options),
]

const umd = {
  input: 'src/index.browser.ts',
  onwarn,
  treeshake,
  plugins: browserPlugins(),
  output: { file: 'dist/netflux.umd.js', format: 'umd', name: 'netflux', sourcemap: true },
}

const umdMinified = {
  ...umd,
  plugins: browserPlugins(shortened),
  output: {
    ...umd.output,
    file: 'dist/netflux.umd.min.js',
    // One after the other leaves 0.5 % less than terser alone.
    plugins: [minify({ target: 'es2022' }), terser({ ecma: 2020, compress: { passes: 2, inline: 1 } })],
  },
}

// Only rxjs (and yjs) stay bare.
const browser = {
  input: { 'index.browser': 'src/index.browser.ts', 'yjs.browser': 'src/yjs.ts' },
  external: peers,
  onwarn,
  treeshake,
  plugins: browserPlugins(shortened),
  output: {
    dir: 'dist/esm',
    format: 'es',
    sourcemap: true,
    hoistTransitiveImports: false,
    chunkFileNames: 'browser/[name].js',
  },
}

const nodeModules = {
  input: { 'index.node': 'src/index.node.ts', sigver: 'src/index.sigver.ts', 'yjs.node': 'src/yjs.ts' },
  external: [/^node:/, ...peers, ...installed],
  onwarn,
  treeshake,
  plugins: [nodeResolve({ exportConditions: ['node'] }), typescript(), lazyImports, folderType('module')],
  output: {
    dir: 'dist/esm',
    format: 'es',
    sourcemap: true,
    hoistTransitiveImports: false,
    chunkFileNames: 'node/[name].js',
  },
}

const nodeCommonjs = {
  input: {
    'netflux.cjs': 'src/index.node.ts',
    'sigver.cjs': 'src/index.sigver.ts',
    'sigver.cli': 'src/bin/sigver.ts',
    'yjs.cjs': 'src/yjs.ts',
  },
  // noble has ES modules only, which Node 20 before .19 cannot require: it goes inside.
  external: [
    /^node:/,
    ...peers,
    ...installed.filter((name) => !name.test('@noble/hashes') && !name.test('@noble/ciphers')),
  ],
  onwarn,
  treeshake,
  plugins: [
    nodeResolve({ exportConditions: ['node'] }),
    typescript(),
    lazyImports,
    shebang,
    folderType('commonjs'),
  ],
  output: {
    dir: 'dist',
    format: 'cjs',
    exports: 'named',
    interop: 'auto',
    sourcemap: true,
    hoistTransitiveImports: false,
    chunkFileNames: 'cjs/[name].js',
  },
}

// Twice the same: TypeScript takes the ones below esm/ for `import`, the others for `require`.
const types = {
  input: {
    'index.node': 'src/index.node.ts',
    'index.browser': 'src/index.browser.ts',
    sigver: 'src/index.sigver.ts',
    yjs: 'src/yjs.ts',
  },
  external: [/^node:/, ...peers, ...installed],
  onwarn,
  plugins: [ownName, dts()],
  output: [
    { dir: 'dist/types', format: 'es', chunkFileNames: 'shared/[name].d.ts' },
    { dir: 'dist/esm/types', format: 'es', chunkFileNames: 'shared/[name].d.ts' },
  ],
}

export default [umd, umdMinified, browser, nodeModules, nodeCommonjs, types]
