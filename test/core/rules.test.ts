// The shape of src: the core is pure, imports point one way, and there are no cycles.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { it } from 'node:test'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../src')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !file.includes('generated/'))
const sourceOf = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))

interface Import {
  readonly from: string
  readonly isType: boolean
}

function importsOf(file: string): Import[] {
  const found = (sourceOf.get(file) ?? '').matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from '([^']+)'/gms)
  return [...found].map(([, type, from = '']) => ({ from: resolve(file, from), isType: type !== undefined }))
}

function resolve(file: string, from: string): string {
  return from.startsWith('.')
    ? posix.normalize(posix.join(posix.dirname(file), from)).replace(/\.js$/, '.ts')
    : from
}

/** The code without comments and strings, where words mean nothing. */
function codeOf(file: string): string {
  return (sourceOf.get(file) ?? '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/'[^'\n]*'|`[^`]*`/g, "''")
}

const core = files.filter((file) => file.startsWith('core/'))
const forbiddenInCore =
  /\b(setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame|Date|Promise|async|await|performance|crypto|process|console|fetch)\b|\b(globalThis|document|navigator)\.|Math\.random/

const allowedInCore = [/^core\//, /^@noble\/(hashes|ciphers)\//]

it('there is something to check', () => {
  assert.ok(core.length > 20)
  assert.ok(importsOf('core/mesh.ts').length > 5)
})

it('the core waits for nothing, reads no clock and draws no random number', () => {
  const impure = core.flatMap((file) => {
    const found = codeOf(file).match(forbiddenInCore)
    return found ? [`${file}: ${found[0]}`] : []
  })
  assert.deepEqual(impure, [])
})

it('the core imports nothing but itself, pure cryptography and the reader and writer of protobuf', () => {
  const foreign = core.flatMap((file) =>
    importsOf(file)
      .filter(({ from }) => !allowedInCore.some((pattern) => pattern.test(from)))
      .map(({ from }) => `${file}: ${from}`),
  )
  assert.deepEqual(foreign, [])
})

it('only the wire modules import generated code', () => {
  const importers = core.filter((file) => importsOf(file).some(({ from }) => from.includes('generated/')))
  assert.deepEqual(importers.sort(), [
    'core/clusterWire.ts',
    'core/sealing.ts',
    'core/signalingWire.ts',
    'core/wire.ts',
  ])
})

it('io imports nothing of ours but the contract, errors and limits of the core', () => {
  const wrong = files
    .filter((file) => file.startsWith('io/'))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ from }) => from.endsWith('.ts') && !from.startsWith('io/'))
        .filter(({ from }) => !['core/contract.ts', 'core/errors.ts', 'core/limits.ts'].includes(from))
        .map(({ from }) => `${file}: ${from}`),
    )
  assert.deepEqual(wrong, [])
})

it('nothing below imports the public classes or the driver', () => {
  const upper = /^(WebGroup|NodeWebGroup|Bot|Sigver|driver|index\.|exports|sigver|yjs)/
  const wrong = files
    .filter((file) => file.startsWith('core/') || file.startsWith('io/') || file === 'driver.ts')
    .flatMap((file) =>
      importsOf(file)
        .filter(({ from }) => upper.test(from))
        .map(({ from }) => `${file}: ${from}`),
    )
  assert.deepEqual(wrong, [])
})

it('there are no import cycles', () => {
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) assert.fail(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`)
    if (done.has(file)) return
    for (const { from, isType } of importsOf(file))
      if (!isType && sourceOf.has(from)) visit(from, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
})

it('every file says first what it is', () => {
  const silent = files.filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(sourceOf.get(file) ?? ''))
  assert.deepEqual(silent, [])
})
