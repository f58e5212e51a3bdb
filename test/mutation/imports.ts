// Which files a file loads, itself included. Used by workshop.ts: a test that does not load a fault cannot notice it.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

const RELATIVE = /^(?:import|export) (?!type ).*?from '(\.[^']+)\.js'|^import '(\.[^']+)\.js'/gms

/** Absolute paths; packages are not looked into. */
export function loadedBy(file: string): ReadonlySet<string> {
  const loaded = new Set([file])
  for (const path of loaded) for (const other of importsOf(path)) loaded.add(other)
  return loaded
}

function importsOf(file: string): readonly string[] {
  const source = readFileSync(file, 'utf8')
  const names = [...source.matchAll(RELATIVE)].map(([, from, alone]) => from ?? alone ?? '')
  return names.map((name) => {
    const path = resolve(dirname(file), name)
    return existsSync(`${path}.ts`) ? `${path}.ts` : `${path}.js`
  })
}
