// Mutations that know nothing of what the bytes mean: flips, cuts, copies, splices, and lengths at their limits.
import type { Random } from './random.js'

type Mutation = (bytes: Uint8Array, random: Random, spare: () => Uint8Array) => Uint8Array

/** Varints at the limits of their lengths: 1, 2, 3, 5 and 10 bytes, one that is longer than needed, one without an end. */
const VARINTS = [
  [0x00],
  [0x7f],
  [0x80, 0x01],
  [0xff, 0x7f],
  [0x80, 0x80, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0x07],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x10],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x80, 0x80, 0x00],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
].map((bytes) => Uint8Array.from(bytes))

/** Two places of it, in order. */
function range(bytes: Uint8Array, random: Random): readonly [number, number] {
  const [a, b] = [random.below(bytes.length + 1), random.below(bytes.length + 1)]
  return a < b ? [a, b] : [b, a]
}

const join = (...parts: readonly Uint8Array[]): Uint8Array => {
  let size = 0
  for (const part of parts) size += part.length
  const joined = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

const replace = (bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array =>
  join(bytes.subarray(0, from), by, bytes.subarray(to))

function changed(bytes: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice()
  const at = random.below(copy.length)
  if (copy.length > 0) copy[at] = change(copy[at] ?? 0)
  return copy
}

const mutations: readonly Mutation[] = [
  (bytes, random) => changed(bytes, random, (byte) => byte ^ (1 << random.below(8))),
  (bytes, random) => changed(bytes, random, (byte) => byte + random.pick([1, -1])),
  (bytes, random) => changed(bytes, random, () => random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)])),
  // Truncated, at either end.
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.slice(random.below(Math.min(bytes.length, 8) + 1)),
  // Without a part; with a part twice; with a part of another input; with something new.
  (bytes, random) => replace(bytes, ...range(bytes, random), new Uint8Array(0)),
  (bytes, random) => {
    const [from, to] = range(bytes, random)
    return replace(bytes, to, to, bytes.subarray(from, Math.min(to, from + 4000)))
  },
  (bytes, random, spare) => {
    const other = spare()
    return replace(bytes, ...range(bytes, random), other.subarray(...range(other, random)))
  },
  (bytes, random) => {
    const at = random.below(bytes.length + 1)
    return replace(bytes, at, at, random.few(40))
  },
  // A length or number at its limit, in place of a byte or before it.
  (bytes, random) => {
    const at = random.below(bytes.length + 1)
    return replace(bytes, at, Math.min(bytes.length, at + random.below(2)), random.pick(VARINTS))
  },
]

/** `spare` gives another valid input to take parts of. */
export function mutate(bytes: Uint8Array, random: Random, spare: () => Uint8Array): Uint8Array {
  let mutated = bytes
  for (let steps = random.once(2) ? 1 : random.between(1, 6); steps > 0; steps--)
    mutated = random.pick(mutations)(mutated, random, spare)
  return mutated
}
