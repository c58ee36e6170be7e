/** Lets a fixed number of pieces of work run at once, a bounded number wait in turn, and refuses the rest. */
export class Semaphore {
  readonly #atOnce: number
  readonly #waitingMax: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(bounds: { readonly atOnce: number; readonly waitingMax: number }) {
    this.#atOnce = bounds.atOnce
    this.#waitingMax = bounds.waitingMax
  }

  /** `weight`: how many times longer this takes than the work the bounds were made for. That many times fewer may wait. */
  async run<T>(work: () => Promise<T>, refuse: () => Error, weight = 1): Promise<T> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#waitingMax / weight) throw refuse()
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}
