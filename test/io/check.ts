// The few assertions of the contract suite; they work in Node and in browsers.

export function check(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`not true: ${what}`)
}

export function same(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [text(actual), text(expected)]
  if (found !== wanted)
    throw new Error(`${what}: expected ${wanted.slice(0, 500)}, found ${found.slice(0, 500)}`)
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part instanceof Uint8Array ? `bytes ${part.join(' ')}` : part,
  ) ?? ''

/** Bytes that are the same for the same seed, and differ from those of another. */
export function pattern(size: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(size)
  let state = seed * 2_654_435_761
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}
