// Maps that are nearly always empty, and take no memory of their own while they are. An empty Map takes 180 bytes, and
// Sigver would have some for each of thousands of idle members. Used by components.ts, introductions.ts and rooms.ts.

/** Its owner keeps what entered() and without() return in place of it. */
export type LazyMap<Key, Value> = ReadonlyMap<Key, Value>

const full = <Key, Value>(map: LazyMap<Key, Value>): map is Map<Key, Value> => map !== NOTHING

/** The empty one, of all. */
export const NOTHING: LazyMap<never, never> = new Map<never, never>()

export function entered<Key, Value>(map: LazyMap<Key, Value>, key: Key, value: Value): LazyMap<Key, Value> {
  return full(map) ? map.set(key, value) : new Map([[key, value]])
}

export function without<Key, Value>(map: LazyMap<Key, Value>, key: Key): LazyMap<Key, Value> {
  if (full(map)) map.delete(key)
  return map.size > 0 ? map : NOTHING
}
