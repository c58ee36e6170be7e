import type { Context } from '@latchkey/kit'
import { faultFacts } from '#platform/log/log.ts'
import { listEndedSince, listUsable } from './store.ts'

type Services = Pick<Context, 'db' | 'now' | 'log'>

const everyMs = 500
/**
 * A session is marked as ended before its transaction commits, and another process may have another clock. What is missed
 * by more than this is found by the check in turn.
 */
const overlapMs = 40_000
/** Sessions that are looked up at each look, in turn: for time limits, and for what leaves no mark on the session. */
const checkedAtOnce = 100

/**
 * Tells open pages that their session ended, on whichever process it was ended: between two processes the database is the
 * only thing they have in common. Twice a second all streams of this process share two queries, whose size does not depend
 * on how many streams there are: what ended since the last look, and whether a hundred of those watched are usable.
 */
export class Watcher {
  readonly #services: Services
  /** In the order in which they were last checked. */
  readonly #watching = new Map<string, Set<() => void>>()
  #lookedAt: number
  #timer: NodeJS.Timeout | null = null
  #isFailing = false

  constructor(services: Services) {
    this.#services = services
    this.#lookedAt = services.now()
  }

  add(sessionId: string, onEnd: () => void): () => void {
    const listeners = this.#watching.get(sessionId) ?? new Set()
    listeners.add(onEnd)
    this.#watching.set(sessionId, listeners)
    this.#plan()
    return () => {
      listeners.delete(onEnd)
      if (listeners.size === 0 && this.#watching.get(sessionId) === listeners)
        this.#watching.delete(sessionId)
    }
  }

  get size(): number {
    return this.#watching.size
  }

  /** One look. A failed one is logged, once for each outage, and made up for by the next. */
  async look(): Promise<void> {
    try {
      const at = this.#services.now()
      await this.#tellEnded(at)
      await this.#checkNext(at)
      this.#lookedAt = at
      if (this.#isFailing) this.#services.log.info({}, 'open pages are told again that they end')
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing)
        this.#services.log.warn(faultFacts(error), 'open pages could not be told that they end')
      this.#isFailing = true
    }
  }

  #plan(): void {
    if (this.#timer || this.#watching.size === 0) return
    this.#timer = setTimeout(() => {
      void this.look().then(() => {
        this.#timer = null
        this.#plan()
      })
    }, everyMs)
    this.#timer.unref()
  }

  async #tellEnded(at: number): Promise<void> {
    // The clock may have been set back.
    const since = Math.min(this.#lookedAt, at) - overlapMs
    for (const { id } of await listEndedSince(this.#services.db, since)) this.#tell(id)
  }

  async #checkNext(at: number): Promise<void> {
    const ids = [...this.#watching.keys().take(checkedAtOnce)]
    if (ids.length === 0) return
    // Always as many values: each number of them would be another statement to prepare and keep.
    const asked = Array.from({ length: checkedAtOnce }, (_, index) => ids[index] ?? '')
    const usable = await listUsable(this.#services.db, asked, at)
    for (const id of ids)
      if (usable.has(id)) this.#putLast(id)
      else this.#tell(id)
  }

  #putLast(id: string): void {
    const listeners = this.#watching.get(id)
    if (!listeners) return
    this.#watching.delete(id)
    this.#watching.set(id, listeners)
  }

  #tell(id: string): void {
    const listeners = this.#watching.get(id)
    this.#watching.delete(id)
    for (const onEnd of listeners ?? []) onEnd()
  }
}
