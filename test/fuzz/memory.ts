// How much memory a call takes: what stands on the heap and in array buffers after it and did not before, garbage
// included. A collection in between can only hide what was taken, so the figure is never too high for that reason;
// what the engine allocates for itself, as for code that it compiles, can be: so the least of some calls counts.
import { getHeapStatistics } from 'node:v8'

function held(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

/** Bytes. `enough`: not measured again once it took no more than this. */
export function memoryOf(action: () => unknown, enough: number): number {
  let least = Infinity
  for (let tries = 0; tries < 4 && least > enough; tries++) {
    const before = held()
    action()
    least = Math.min(least, Math.max(0, held() - before))
  }
  return least
}
