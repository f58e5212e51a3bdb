// The declarations, as three kinds of users see them. Nothing is skipped: the package's own .d.ts are checked, too.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it } from 'node:test'
import ts from 'typescript'
import type { Consumer } from './consumer.js'

const common: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  skipLibCheck: false,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
}
const nodeNext: ts.CompilerOptions = {
  ...common,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
}
const bundler: ts.CompilerOptions = {
  ...common,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: ['browser'],
  types: [],
}

const users = [
  { file: 'types.mts', options: nodeNext },
  { file: 'types.cts', options: nodeNext },
  { file: 'browserTypes.ts', options: bundler },
]

// TypeScript's own libraries are the same for all: read once.
const libraries = new Map<string, ts.SourceFile | undefined>()

function hostOf(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  host.getSourceFile = (name, ...rest) => {
    if (!/lib\.[^/]*\.d\.ts$/.test(name)) return read(name, ...rest)
    if (!libraries.has(name)) libraries.set(name, read(name, ...rest))
    return libraries.get(name)
  }
  return host
}

function problems(file: string, options: ts.CompilerOptions): string {
  const program = ts.createProgram([file], options, hostOf(options))
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: ts.sys.getCurrentDirectory,
    getNewLine: () => '\n',
  })
}

export function typeTests(consumer: () => Consumer): void {
  for (const { file, options } of users) {
    it(`has types for ${file}`, () => {
      // TypeScript looks for @types below the folder that is current, and that is the clone.
      const typeRoots = [join(consumer().folder, 'node_modules/@types')]
      assert.equal(problems(join(consumer().folder, file), { ...options, typeRoots }), '')
    })
  }
}
