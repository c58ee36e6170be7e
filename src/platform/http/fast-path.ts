import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DatabaseWatch } from '../db/outage.ts'
import { sharingReads } from '../db/prepared.ts'
import { DatabaseTrouble } from '../db/trouble.ts'
import { faultFacts } from '../log/log.ts'
import { faultProblem, refusalProblem, troubleRefusal } from '../operations/problem.ts'
import { answerRequest } from './answer.ts'
import { asksAboutAnother, type Endpoint, endpointsOf } from './endpoint.ts'
import { addressBelow, readPlain, type Settings } from './request/incoming.ts'
import { problemReply } from './response/problem.ts'
import { type Reply, writeReply } from './response/reply.ts'
import type { Incoming, Runtime } from './runtime.ts'
import type { Metrics } from './site/metrics.ts'
import type { Site } from './site/site.ts'

export type Parts = {
  readonly runtime: Runtime
  readonly site: Site
  readonly metrics: Metrics
  readonly database: DatabaseWatch
  readonly trustedProxies: number
  readonly metricsToken: string | undefined
  readonly homePage: string
}

const slowMs = 1000

export const requestId = (runtime: Runtime): string => runtime.services.random.id('req')

/** Successful reads are logged as debug; everything an operator would look for is info. */
const logRequest = (
  runtime: Runtime,
  { protocol }: Endpoint,
  facts: { method: string; operation: string; status: number; ms: number; requestId: string },
): void => {
  const isUsual = facts.status < 400 || protocol.expectsRefusals
  const quiet = facts.method === 'GET' && isUsual && facts.ms < slowMs
  runtime.services.log[quiet ? 'debug' : 'info'](facts, 'request')
}

/** Answers, counts and logs one request, whether it came through the fast path or the router. */
export const serve = async (
  { runtime, metrics, trustedProxies }: Parts,
  endpoint: Endpoint,
  read: (settings: Settings) => Incoming,
): Promise<Reply> => {
  const startedAt = performance.now()
  const id = requestId(runtime)
  const incoming = read({ trustedProxies, cookies: runtime.cookies, requestId: id })
  const { entry } = endpoint
  const reply = await answerRequest(runtime, endpoint, incoming)
  const ms = performance.now() - startedAt
  metrics.observe(entry.operation.name, reply.status, ms / 1000)
  logRequest(runtime, endpoint, {
    method: entry.method,
    operation: entry.operation.name,
    status: reply.status,
    ms: Math.round(ms * 10) / 10,
    requestId: id,
  })
  return reply
}

export const faultReply = (runtime: Runtime, error: unknown): Reply => {
  const id = requestId(runtime)
  const headers = { ...runtime.apiHeaders }
  if (error instanceof DatabaseTrouble)
    return problemReply(refusalProblem(troubleRefusal(error), id), headers)
  runtime.services.log.error(
    { requestId: id, ...faultFacts(error) },
    'a request failed outside its operation',
  )
  return problemReply(faultProblem(id), headers)
}

/** Answers a request and returns true, or leaves it to the router and returns false. */
export type FastPath = (request: IncomingMessage, response: ServerResponse) => boolean

const isPlain = ({ entry: { pathNames, operation } }: Endpoint): boolean =>
  pathNames.length === 0 &&
  operation.upload === undefined &&
  (!('kind' in operation.output) || operation.output.kind === 'headers')

/**
 * The fast path of operations with a fixed address, among them the hottest. It needs no router, `Request` or `Response`,
 * which together cost a quarter of a read. The checks and their order are the same: both call `answerRequest`.
 */
export const createFastPath = (parts: Parts): FastPath => {
  const { runtime } = parts
  const plain = new Map(
    endpointsOf(runtime.registry)
      .filter(isPlain)
      .map((endpoint) => [`${endpoint.entry.method} ${endpoint.entry.path}`, endpoint]),
  )
  const proxied = endpointsOf(runtime.registry).filter(asksAboutAnother)
  const find = (method: string, path: string): Endpoint | undefined =>
    plain.get(`${method} ${path}`) ??
    proxied.find(({ entry }) => path === entry.path || path.startsWith(`${entry.path}/`))
  const shareReads = sharingReads(runtime.services.db)
  return (request, response) => {
    const url = request.url ?? ''
    const mark = url.indexOf('?')
    const endpoint = find(request.method ?? '', mark < 0 ? url : url.slice(0, mark))
    // A client must not send a fragment (RFC 9110 §7.1); the router decides what one means.
    if (!endpoint || url.includes('#')) return false
    const below = asksAboutAnother(endpoint) ? addressBelow(url, endpoint.entry.path) : ''
    const query = mark < 0 || below !== '' ? '' : url.slice(mark + 1)
    shareReads()
    serve(parts, endpoint, (settings) => readPlain(request, { query, below }, settings)).then(
      (reply) => writeReply(response, reply),
      (error: unknown) => writeReply(response, faultReply(runtime, error)),
    )
    return true
  }
}
