import { collectDefaultMetrics, type Metric, Registry as MetricRegistry } from 'prom-client'
import { type TroubleKind, troubleKinds } from '#platform/db/trouble.ts'

export type Metrics = {
  readonly observe: (operation: string, status: number, seconds: number) => void
  readonly text: () => Promise<string>
  readonly contentType: string
}

/** Seconds. */
const bounds = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const
const requests = 'latchkey_requests_total'
const duration = 'latchkey_request_duration_seconds'

type Sample = {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** Counts of one operation, updated by every request. The library writes the text when it is asked for. */
class Tally {
  readonly statuses = new Map<number, number>()
  /** Requests by the first bound they stayed within; the last entry counts those above all bounds. */
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
  durations(operation: string): Sample[] {
    let below = 0
    const within = [...bounds, '+Inf'].map((le, place) => {
      below += this.#within[place] ?? 0
      return { metricName: `${duration}_bucket`, labels: { le, operation }, value: below }
    })
    const labels = { operation }
    return [
      ...within,
      { metricName: `${duration}_sum`, labels, value: this.#sum },
      { metricName: `${duration}_count`, labels, value: this.#count },
    ]
  }
}

/** A metric counted by our own code. This object is all that the library's registry reads when it writes the text. */
const counted = (
  about: { readonly name: string; readonly help: string; readonly type: string },
  samples: () => readonly Sample[],
): Metric => ({ ...about, get: async () => ({ ...about, values: samples() }) }) as unknown as Metric

/** What the watch over the database knows. */
export type DatabaseFacts = {
  readonly troubles: ReadonlyMap<TroubleKind, number>
  readonly lostConnections: number
  readonly isOutage: boolean
}

/** Each kind is there from the start, at 0: an alert on its growth must see it grow. */
const databaseMetrics = (database: DatabaseFacts): readonly Metric[] => [
  counted(
    {
      name: 'latchkey_database_trouble_total',
      help: 'Statements and connections that failed because of the database, by what was wrong.',
      type: 'counter',
    },
    () =>
      troubleKinds.map((kind) => ({ labels: { kind }, value: database.troubles.get(kind) ?? 0 })),
  ),
  counted(
    {
      name: 'latchkey_database_connections_lost_total',
      help: 'Connections that ended without being closed from here.',
      type: 'counter',
    },
    () => [{ labels: {}, value: database.lostConnections }],
  ),
  counted(
    {
      name: 'latchkey_database_outage',
      help: '1 from the first trouble until the database is well again.',
      type: 'gauge',
    },
    () => [{ labels: {}, value: database.isOutage ? 1 : 0 }],
  ),
]

/**
 * Labels are operation names and statuses: both from fixed lists, so no caller can make the page grow. The two metrics of
 * requests are counted here and not by the library, which takes 2 µs for each request: a twentieth of the fastest one.
 */
export const createMetrics = (database?: DatabaseFacts): Metrics => {
  const registry = new MetricRegistry()
  collectDefaultMetrics({ register: registry })
  if (database) for (const metric of databaseMetrics(database)) registry.registerMetric(metric)
  const tallies = new Map<string, Tally>()
  registry.registerMetric(
    counted({ name: requests, help: 'Requests answered.', type: 'counter' }, () =>
      [...tallies].flatMap(([operation, { statuses }]) =>
        [...statuses].map(([status, value]) => ({ labels: { operation, status }, value })),
      ),
    ),
  )
  registry.registerMetric(
    counted(
      { name: duration, help: 'Time from first byte read to answer made.', type: 'histogram' },
      () => [...tallies].flatMap(([operation, tally]) => tally.durations(operation)),
    ),
  )
  return {
    observe: (operation, status, seconds) => {
      let tally = tallies.get(operation)
      if (!tally) {
        tally = new Tally()
        tallies.set(operation, tally)
      }
      tally.add(status, seconds)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
