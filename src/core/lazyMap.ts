// A map that is nearly always empty: it takes memory only while there is something in it. An empty Map takes 180 bytes, and
// Sigver has some for each of thousands of idle members. Used by components.ts.

const NOTHING: ReadonlyMap<never, never> = new Map<never, never>()

export class LazyMap<Key, Value> {
  private entries: Map<Key, Value> | undefined

  get size(): number {
    return this.entries?.size ?? 0
  }

  get(key: Key): Value | undefined {
    return this.entries?.get(key)
  }

  set(key: Key, value: Value): void {
    this.entries ??= new Map()
    this.entries.set(key, value)
  }

  delete(key: Key): void {
    this.entries?.delete(key)
    if (this.size === 0) this.entries = undefined
  }

  clear(): void {
    this.entries = undefined
  }

  keys(): IterableIterator<Key> {
    return (this.entries ?? NOTHING).keys()
  }

  values(): IterableIterator<Value> {
    return (this.entries ?? NOTHING).values()
  }

  [Symbol.iterator](): IterableIterator<[Key, Value]> {
    return (this.entries ?? NOTHING)[Symbol.iterator]()
  }
}
