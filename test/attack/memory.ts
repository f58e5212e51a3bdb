// Loaded into the Sigver that is attacked (`node --import`): tells its parent how much memory it needs, after a forced
// collection. Nothing else of that process is changed.
import type { Memory } from './sigver.js'

function measure(): Memory {
  // Twice: what the first one finds dead may have held something else, as finalizers do.
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { held: heapUsed + external, rss }
}

process.on('message', () => {
  // What was closed in this turn is let go of in the next.
  setImmediate(() => process.send?.(measure()))
})
process.channel?.unref()
