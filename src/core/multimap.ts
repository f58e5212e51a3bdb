// Maps that hold several values for a key.

export type Multimap<Key, Value> = Map<Key, Value[]>

export function add<Key, Value>(to: Multimap<Key, Value>, key: Key, value: Value): void {
  const others = to.get(key)
  if (others) others.push(value)
  else to.set(key, [value])
}
