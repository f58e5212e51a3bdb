// Random numbers for fuzzing: fast, and the same for the same seed and the number of the input, so that any single
// input of a run of millions can be made again without the others.

export class Random {
  private a: number
  private b: number

  constructor(seed: number, index: number) {
    this.a = scramble(seed ^ 0x9e3779b9) | 1
    this.b = scramble(index + Math.imul(seed, 0x85ebca6b))
    this.next()
  }

  /** An unsigned 32-bit integer: xoroshiro64*. */
  next(): number {
    const result = Math.imul(this.a, 0x9e3779bb) >>> 0
    const mixed = this.b ^ this.a
    this.a = rotate(this.a, 26) ^ mixed ^ (mixed << 9)
    this.b = rotate(mixed, 13)
    return result
  }

  /** From 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * count)
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    for (let i = 0; i < count; i++) bytes[i] = this.next() >>> 24
    return bytes
  }

  /** Of at most so many bytes, mostly of few. */
  few(most: number): Uint8Array {
    return this.bytes(this.below(this.once(4) ? most + 1 : Math.min(most, 8) + 1))
  }

  list<Item>(count: number, make: () => Item): Item[] {
    return Array.from({ length: count }, make)
  }

  /** Now and then one of the values where decoders go wrong. */
  uint32(): number {
    return this.once(3) ? this.pick(EDGES) : this.once(2) ? this.below(8) : this.next()
  }
}

const EDGES = [0, 1, 127, 128, 255, 256, 16383, 16384, 65535, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by))

function scramble(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
