import { Counter, collectDefaultMetrics, Histogram, Registry as MetricRegistry } from 'prom-client'

export type Metrics = {
  readonly observe: (operation: string, status: number, seconds: number) => void
  readonly text: () => Promise<string>
  readonly contentType: string
}

/** Labels are operation names and statuses: both from fixed lists, so no caller can make the page grow. */
export const createMetrics = (): Metrics => {
  const registry = new MetricRegistry()
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'latchkey_requests_total',
    help: 'Requests answered.',
    labelNames: ['operation', 'status'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'latchkey_request_duration_seconds',
    help: 'Time from first byte read to answer made.',
    labelNames: ['operation'],
    buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  })
  return {
    observe: (operation, status, seconds) => {
      requests.inc({ operation, status })
      duration.observe({ operation }, seconds)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
