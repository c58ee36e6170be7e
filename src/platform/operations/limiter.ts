/** Counters kept at once. Above it the oldest window goes first: an attacker with many addresses displaces their own. */
const countersMax = 50_000

export type Verdict = {
  readonly allowed: boolean
  readonly remaining: number
  readonly resetSeconds: number
}

type Window = { count: number; endsAt: number }

/**
 * Fixed windows in memory, per process: they guard against floods. Guesses at secrets are counted in the database, where
 * they survive a restart.
 */
export class Limiter {
  readonly #windows = new Map<string, Window>()

  take(
    key: string,
    rule: { readonly max: number; readonly windowSeconds: number },
    now: number,
  ): Verdict {
    let window = this.#windows.get(key)
    if (!window || window.endsAt <= now) {
      this.#windows.delete(key)
      if (this.#windows.size >= countersMax) {
        const oldest = this.#windows.keys().next().value
        if (oldest !== undefined) this.#windows.delete(oldest)
      }
      window = { count: 0, endsAt: now + rule.windowSeconds * 1000 }
      this.#windows.set(key, window)
    }
    window.count += 1
    return {
      allowed: window.count <= rule.max,
      remaining: Math.max(0, rule.max - window.count),
      resetSeconds: Math.max(1, Math.ceil((window.endsAt - now) / 1000)),
    }
  }
}
