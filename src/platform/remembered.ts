/**
 * Derives a result from each value once: for columns and moments read on the hot path, where many rows share few values.
 * Callers share the result and must not change it. Above `max` values it starts anew.
 */
export const remembered = <K, V>(max: number, make: (key: K) => V): ((key: K) => V) => {
  const made = new Map<K, V>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    if (made.size >= max) made.clear()
    const fresh = make(key)
    made.set(key, fresh)
    return fresh
  }
}
