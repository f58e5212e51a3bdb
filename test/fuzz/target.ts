// What is fuzzed: something that decodes, what it is fed, and what it promises. One file each in targets/.
import { mutate } from './mutate.js'
import { Random } from './random.js'

export interface Target {
  readonly name: string
  /** Inputs that it takes, or nearly takes: the values in them may lie beyond its limits. */
  valid(random: Random): Uint8Array
  /** A mutation that keeps the structure of a valid input. */
  restructure?(valid: Uint8Array, random: Random): Uint8Array
  /** What is worth repeating up to the largest input, as many small parts cost most. */
  readonly floods?: readonly Uint8Array[]
  readonly largest: number
  /** Nothing but the decoding, for measuring what memory it takes. */
  decode(input: Uint8Array): unknown
  /** Decodes, and throws if a promise is broken. */
  check(input: Uint8Array): void
  /** Decoding takes at most so many times the length of its input, and `constant` bytes. */
  readonly memory: { readonly times: number; readonly constant: number }
  /** Share of the inputs of a long run: what is quick and matters most gets more. */
  readonly weight: number
  /** Releases what it holds. */
  close?(): void
}

/** A flood is as large as inputs get, and takes a thousand times as long as the others: one in so many. */
const FLOOD = 4_000

/** Input number `index` of a run with this seed. */
export function inputOf(target: Target, seed: number, index: number): Uint8Array {
  const random = new Random(seed, index)
  const valid = () => target.valid(random)
  // As transports give it: not a Buffer, whose slice() is no copy.
  return new Uint8Array(make(target, random, valid).subarray(0, target.largest + 1))
}

function make(target: Target, random: Random, valid: () => Uint8Array): Uint8Array {
  if (target.floods && random.once(FLOOD)) return flood(target, random, target.floods)
  const dice = random.below(1000)
  if (dice < 100) return random.bytes(random.below(random.once(10) ? 2000 : 100))
  if (dice < 250) return valid()
  const { restructure } = target
  if (dice < 600 && restructure) {
    const changed = restructure(valid(), random)
    return random.once(4) ? mutate(changed, random, valid) : changed
  }
  return mutate(valid(), random, valid)
}

function flood(target: Target, random: Random, parts: readonly Uint8Array[]): Uint8Array {
  const part = random.pick(parts)
  const size = random.once(2) ? target.largest : random.below(target.largest)
  return Buffer.alloc(size, part)
}
