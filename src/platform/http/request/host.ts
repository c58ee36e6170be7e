import type { IncomingMessage } from 'node:http'
import { Refusal, type RefusalSpec } from '@latchkey/kit'
import { onceADay } from '#platform/log/once-a-day.ts'
import { refusalProblem } from '#platform/operations/problem.ts'
import { transportRefusals } from '#platform/refusals.ts'
import { asksAboutAnother, endpointsOf } from '../endpoint.ts'
import type { FastPath } from '../fast-path.ts'
import { problemReply } from '../response/problem.ts'
import { type Reply, toResponse, writeReply } from '../response/reply.ts'
import type { Runtime } from '../runtime.ts'
import type { Fetch } from '../serve.ts'

type Handlers = { readonly fetch: Fetch; readonly fastPath: FastPath }

/** A name or an address, and a port (RFC 9110 §7.2). */
const shape = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Asked by what watches the process, which knows its address and not its name. */
const forProbes = ['/healthz', '/readyz', '/metrics']

const isLoopback = (address: string | undefined): boolean =>
  address === undefined || address === '::1' || /^(::ffff:)?127\./.test(address)

/** Node keeps the first of two Host headers; a server in front may have read the other one (RFC 9112 §3.2). */
const countHosts = (raw: readonly string[]): number => {
  let count = 0
  for (let at = 0; at < raw.length; at += 2)
    if (raw[at]?.length === 4 && raw[at]?.toLowerCase() === 'host') count += 1
  return count
}

type Asked = {
  readonly host: string | undefined
  readonly path: string
  /** Undefined: the server that runs `fetch` does not tell. */
  readonly from: string | undefined
}

/** Which refusal the Host of a request deserves, or null. A port is not compared: proxies leave it out. */
const judgeHosts = (
  runtime: Runtime,
  otherHosts: readonly string[],
): ((asked: Asked) => RefusalSpec | null) => {
  const own = new Set(runtime.origins.map((origin) => new URL(origin).hostname))
  for (const host of otherHosts) own.add(host.toLowerCase())
  const open = endpointsOf(runtime.registry)
    .filter(asksAboutAnother)
    .map(({ entry }) => entry.path)
  const isOpen = (path: string): boolean =>
    forProbes.includes(path) || open.some((one) => path === one || path.startsWith(`${one}/`))
  return ({ host, path, from }) => {
    const name = shape.exec(host ?? '')?.[1]?.toLowerCase()
    if (host && name === undefined) return transportRefusals.host_unclear
    if (name !== undefined && own.has(name)) return null
    if (isOpen(path)) return null
    if (name === undefined) return transportRefusals.host_unclear
    // An operator on the machine itself. No page of another site gets this far under such a name.
    return loopbackNames.has(name) && isLoopback(from) ? null : transportRefusals.misdirected
  }
}

const pathOf = (url: string): string => {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}

/** `GET http://host/path` names a host a second time, and only proxies are asked that way (RFC 9112 §3.2.2). */
const isAbsolute = (url: string): boolean => !url.startsWith('/') && url !== '*'

/**
 * Answers only under the names that the operator gave it: links, cookies and passkeys belong to them, caches in front keep
 * answers by them, and a page of another site whose name points here (DNS rebinding) gets nothing.
 */
export const guardHosts = (
  { runtime, otherHosts }: { readonly runtime: Runtime; readonly otherHosts: readonly string[] },
  { fetch, fastPath }: Handlers,
): Handlers => {
  const judge = judgeHosts(runtime, otherHosts)
  const daily = onceADay(runtime.services.now)
  const [origin = ''] = runtime.origins

  const refuse = (spec: RefusalSpec, host: string | undefined): Reply => {
    daily(() =>
      runtime.services.log.warn(
        { host: String(host).slice(0, 100), expected: origin },
        'a request named a host that is not this installation; more of them today are not logged',
      ),
    )
    const id = runtime.services.random.id('req')
    const detail = `This installation is at ${origin}`
    return problemReply(refusalProblem(new Refusal(spec, { detail }), id), {
      ...runtime.apiHeaders,
      'x-request-id': id,
      connection: 'close',
    })
  }

  const judgeNode = ({ headers, rawHeaders, httpVersion, url = '', socket }: IncomingMessage) => {
    const { host } = headers
    const path = pathOf(url)
    const count = countHosts(rawHeaders)
    if (count > 1 || isAbsolute(url)) return transportRefusals.host_unclear
    // Health checks that speak HTTP/1.0 send none.
    if (count === 0 && httpVersion !== '1.0') return transportRefusals.host_unclear
    return judge({ host, path, from: socket.remoteAddress })
  }

  return {
    fastPath: (request, response) => {
      const spec = judgeNode(request)
      if (spec === null) return fastPath(request, response)
      writeReply(response, refuse(spec, request.headers.host))
      return true
    },
    fetch: (request, env) => {
      // Node's requests were looked at above.
      if ((env as { incoming?: unknown } | undefined)?.incoming) return fetch(request, env)
      const { host, pathname } = new URL(request.url)
      const spec = judge({ host, path: pathname, from: undefined })
      return spec === null ? fetch(request, env) : toResponse(refuse(spec, host))
    },
  }
}
