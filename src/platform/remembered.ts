/**
 * Makes something of each value once: for columns and moments of which many rows have the same few, read on the hot path.
 * What it makes must be as good for the next caller, so nobody may change it. Above `max` values it starts anew.
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
