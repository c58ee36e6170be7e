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
  // Looking a label up costs more than counting: both lists are short and fixed, so each is looked up once.
  const counters = new Map<string, { inc: () => void }>()
  const timers = new Map<string, { observe: (seconds: number) => void }>()
  const counterOf = (operation: string, status: number) => {
    const key = `${operation} ${status}`
    const counter = counters.get(key) ?? requests.labels({ operation, status })
    counters.set(key, counter)
    return counter
  }
  const timerOf = (operation: string) => {
    const timer = timers.get(operation) ?? duration.labels({ operation })
    timers.set(operation, timer)
    return timer
  }
  return {
    observe: (operation, status, seconds) => {
      counterOf(operation, status).inc()
      timerOf(operation).observe(seconds)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
