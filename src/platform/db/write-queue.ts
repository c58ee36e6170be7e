/**
 * First come, first served. SQLite has one writer; queueing here keeps `busy` errors out of one process. Between two there
 * is a turn of the event loop: each ends with a sync to the disk, and requests that only read would wait for all of them.
 */
export class WriteQueue {
  readonly #waiting: (() => void)[] = []
  #isTaken = false

  get isEmpty(): boolean {
    return !this.#isTaken
  }

  async enter(): Promise<() => void> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#isTaken = true
    return () => this.#leave()
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) setImmediate(next)
    else this.#isTaken = false
  }
}
