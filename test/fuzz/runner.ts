// Feeds a target one input after the other, and tells which one broke a promise and how to make it again.
// Used by fuzz.test.ts for some seconds and by nightly.ts for millions.
import { setImmediate as turn } from 'node:timers/promises'
import { memoryOf } from './memory.js'
import { inputOf, type Target } from './target.js'

export interface Run {
  readonly seed: number
  /** The number of the first input. */
  readonly from: number
  /** Whichever comes first ends it. */
  readonly inputs: number
  readonly milliseconds: number
}

export interface Report {
  readonly inputs: number
  readonly milliseconds: number
  /** Of the inputs that were measured, the largest ratio of memory to length, above the target's constant. */
  readonly memoryTimes: number
  /** The longest that one input took. */
  readonly slowest: number
}

/** One input in so many is measured, and each that is long. */
const MEASURED = 64
const LONG = 8_000
/** No input may keep a decoder busy for longer, in milliseconds: some thousand times what it usually takes. */
const HANG = 2_000
/** Inputs between two turns of the event loop. */
const BATCH = 200

export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure'

  constructor(target: Target, seed: number, index: number, cause: unknown) {
    const hex = Buffer.from(inputOf(target, seed, index)).toString('hex')
    const replay = `npm run fuzz:nightly -- --target ${target.name} --seed ${seed} --from ${index} --inputs 1`
    super(`${target.name} broke a promise\nseed ${seed}, input ${index}: ${hex}\nreplay: ${replay}`, {
      cause,
    })
  }
}

export async function run(target: Target, { seed, from, inputs, milliseconds }: Run): Promise<Report> {
  const start = performance.now()
  let index = from
  let memoryTimes = 0
  let slowest = 0
  while (index < from + inputs && performance.now() - start < milliseconds) {
    for (const end = Math.min(index + BATCH, from + inputs); index < end; index++) {
      try {
        const input = inputOf(target, seed, index)
        slowest = Math.max(slowest, time(target, input))
        if (index % MEASURED === 0 || input.length >= LONG)
          memoryTimes = Math.max(memoryTimes, measure(target, input))
      } catch (error) {
        throw new FuzzFailure(target, seed, index, error)
      }
    }
    await turn()
  }
  return { inputs: index - from, milliseconds: performance.now() - start, memoryTimes, slowest }
}

function time(target: Target, input: Uint8Array): number {
  let least = Infinity
  // Once more, as the machine may have had other things to do.
  for (let tries = 0; tries < 3 && least > HANG; tries++) {
    const began = performance.now()
    target.check(input)
    least = Math.min(least, performance.now() - began)
  }
  if (least > HANG) throw new Error(`it took ${Math.round(least)} ms`)
  return least
}

/** The ratio of memory to length. Throws if it is more than the target promises. */
export function measure({ decode, memory: { times, constant } }: Target, input: Uint8Array): number {
  const taken = memoryOf(() => decode(input), constant)
  const ratio = Math.max(0, taken - constant) / Math.max(1, input.length)
  if (ratio > times)
    throw new Error(`${input.length} bytes took ${taken} of memory, more than ${times} times and ${constant}`)
  return ratio
}
