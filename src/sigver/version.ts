// Which version of the package this command is of. Called by command.ts.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The command lies in src/, or in dist/, which has a package.json without a name. */
export function packageVersion(start = dirname(fileURLToPath(import.meta.url))): string {
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json')
    if (!existsSync(path)) continue
    const { name, version }: { name?: unknown; version?: unknown } = JSON.parse(readFileSync(path, 'utf8'))
    if (name === 'netflux') return String(version)
  }
  return 'unknown'
}
