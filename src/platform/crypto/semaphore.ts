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

  async run<T>(work: () => Promise<T>, refuse: () => Error): Promise<T> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#waitingMax) throw refuse()
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
