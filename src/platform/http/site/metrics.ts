import { collectDefaultMetrics, Registry as MetricRegistry } from 'prom-client'

export type Metrics = {
  readonly observe: (operation: string, status: number, seconds: number) => void
  readonly text: () => Promise<string>
  readonly contentType: string
}

/** Seconds. */
const bounds = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const
const requests = 'latchkey_requests_total'
const duration = 'latchkey_request_duration_seconds'

/** What is known of one operation. Counted on every request, put into words when somebody asks. */
class Tally {
  readonly statuses = new Map<number, number>()
  /** By the first bound a request stayed within; the last is for those above all. */
  readonly #within = new Array<number>(bounds.length + 1).fill(0)
  #sum = 0
  #count = 0

  add(status: number, seconds: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    let place = 0
    while (place < bounds.length && seconds > (bounds[place] ?? 0)) place++
    this.#within[place] = (this.#within[place] ?? 0) + 1
    this.#sum += seconds
    this.#count += 1
  }

  /** A histogram of the text format is cumulative. */
  durationLines(operation: string): string[] {
    let below = 0
    const lines = [...bounds, '+Inf'].map((bound, place) => {
      below += this.#within[place] ?? 0
      return `${duration}_bucket{le="${bound}",operation="${operation}"} ${below}`
    })
    return [
      ...lines,
      `${duration}_sum{operation="${operation}"} ${this.#sum}`,
      `${duration}_count{operation="${operation}"} ${this.#count}`,
    ]
  }
}

const textOf = (tallies: ReadonlyMap<string, Tally>): string =>
  [
    `# HELP ${requests} Requests answered.`,
    `# TYPE ${requests} counter`,
    ...[...tallies].flatMap(([operation, { statuses }]) =>
      [...statuses].map(
        ([status, count]) => `${requests}{operation="${operation}",status="${status}"} ${count}`,
      ),
    ),
    `# HELP ${duration} Time from first byte read to answer made.`,
    `# TYPE ${duration} histogram`,
    ...[...tallies].flatMap(([operation, tally]) => tally.durationLines(operation)),
    '',
  ].join('\n')

/**
 * Labels are operation names and statuses: both from fixed lists, so no caller can make the page grow. The two metrics of
 * requests are counted here and not by the library, which takes 2 µs for each request: a twentieth of the shortest.
 */
export const createMetrics = (): Metrics => {
  const registry = new MetricRegistry()
  collectDefaultMetrics({ register: registry })
  const tallies = new Map<string, Tally>()
  return {
    observe: (operation, status, seconds) => {
      let tally = tallies.get(operation)
      if (!tally) {
        tally = new Tally()
        tallies.set(operation, tally)
      }
      tally.add(status, seconds)
    },
    text: async () => `${await registry.metrics()}\n${textOf(tallies)}`,
    contentType: registry.contentType,
  }
}
