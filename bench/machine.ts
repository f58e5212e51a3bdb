// What the figures were measured on: no names, no paths.
import { cpus, loadavg } from 'node:os'
import type { Stage } from './stage/stage.js'
import type { Machine } from './report/results.js'

export async function describeMachine(stage: Stage): Promise<Machine> {
  const [load = 0] = loadavg()
  const processors = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: processors.length,
    processor: processors[0]?.model ?? 'unknown',
    node: process.versions.node,
    browser: (await (await stage.browser()).version()).replace(/^(Headless)?Chrome\//, 'Chromium '),
    load,
  }
}
