import { Refusal } from '@latchkey/kit'
import { Hono, type Context as HonoContext } from 'hono'
import { sameText } from '../crypto/digest.ts'
import { troubleWords } from '../db/trouble.ts'
import { refusalProblem } from '../operations/problem.ts'
import { refusals } from '../refusals.ts'
import { asksAboutAnother, type Endpoint, endpointsOf } from './endpoint.ts'
import { faultReply, type Parts, requestId, serve } from './fast-path.ts'
import { openApiOfToday } from './openapi/of-today.ts'
import { readIncoming } from './request/incoming.ts'
import { problemResponse } from './response/problem.ts'
import { toResponse } from './response/reply.ts'
import { cspReport } from './site/csp-report.ts'
import { problemPage } from './site/problem-page.ts'

const api =
  (parts: Parts, endpoint: Endpoint) =>
  async (c: HonoContext): Promise<Response> =>
    toResponse(
      await serve(parts, endpoint, (settings) =>
        readIncoming(c, settings, asksAboutAnother(endpoint) ? endpoint.entry.path : null),
      ),
    )

const honoPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')

const readiness =
  ({ runtime, database }: Parts) =>
  async () => {
    const kind = await database.unreadiness(runtime.services.now())
    const headers = { ...runtime.apiHeaders, 'content-type': 'text/plain' }
    return kind === null
      ? new Response('ready\n', { headers })
      : new Response(`not ready: ${troubleWords[kind]}\n`, { status: 503, headers })
  }

const operatorRoutes = (app: Hono, parts: Parts): void => {
  const { runtime, metrics, metricsToken } = parts
  app.get(
    '/healthz',
    () =>
      new Response('ok\n', { headers: { ...runtime.apiHeaders, 'content-type': 'text/plain' } }),
  )
  app.get('/readyz', readiness(parts))
  app.get('/metrics', async (c) => {
    const sent = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1]
    // Without the token the address does not exist: it would tell an attacker how busy the product is.
    if (!metricsToken || !sent || !sameText(sent, metricsToken)) return notFound(parts)(c)
    return new Response(await metrics.text(), {
      headers: { ...runtime.apiHeaders, 'content-type': metrics.contentType },
    })
  })
}

const wellKnownRoutes = (app: Hono, parts: Parts): void => {
  const { runtime } = parts
  for (const module of runtime.registry.modules)
    for (const [name, find] of Object.entries(module.wellKnown ?? {}))
      app.get(`/.well-known/${name}`, (c) => {
        const found = find(runtime.services.config, runtime.registry.catalogue.pages)
        if (!found) return notFound(parts)(c)
        return 'redirect' in found
          ? new Response(null, {
              status: 302,
              headers: { ...runtime.apiHeaders, location: found.redirect },
            })
          : c.json(found.json, 200, { ...runtime.apiHeaders })
      })
}

const matches = (entry: Endpoint['entry'], path: string): boolean =>
  new RegExp(`^${entry.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)

/** Methods of the operations at this address; every GET also takes HEAD (RFC 9110 §9.3.2). */
const methodsAt = ({ runtime }: Parts, path: string): readonly string[] => {
  const methods = runtime.registry.entries
    .filter((entry) => matches(entry, path))
    .map((entry) => entry.method)
  return [...new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)]
}

/** Points out a trailing slash, which is easily overlooked. The address is not repeated: it may hold a key. */
const slashTooMany = (parts: Parts, path: string) =>
  path.endsWith('/') && methodsAt(parts, path.slice(0, -1)).length > 0
    ? { detail: 'There is something at this address without the slash at its end.' }
    : {}

const notFound = (parts: Parts) => (c: HonoContext) => {
  const { runtime, site } = parts
  const { path } = c.req
  const id = requestId(runtime)
  const headers: Record<string, string> = { ...runtime.apiHeaders, 'x-request-id': id }
  const others = methodsAt(parts, path)
  if (others.length > 0) {
    headers.allow = others.join(', ')
    return problemResponse(refusalProblem(new Refusal(refusals.method_not_allowed), id), headers)
  }
  const wantsPage =
    c.req.method === 'GET' &&
    !path.startsWith('/api/') &&
    (c.req.header('accept') ?? '').includes('text/html')
  const page = wantsPage ? site.document('index', 404) : null
  if (page) return page
  const refusal = new Refusal(refusals.not_found, slashTooMany(parts, path))
  return problemResponse(refusalProblem(refusal, id), headers)
}

const pageRoutes = (app: Hono, parts: Parts): void => {
  const { runtime, site, homePage } = parts
  const unbuilt = (): Response =>
    new Response('The web pages are not built. Run: npm start\n', {
      status: 503,
      headers: { ...runtime.apiHeaders, 'content-type': 'text/plain' },
    })
  for (const [path, page] of runtime.registry.pages)
    app.get(path, () => site.document(page, 200) ?? unbuilt())
  app.get('/api/reference', () => site.document('reference', 200) ?? unbuilt())
  for (const path of ['/', '/admin', '/admin/account'])
    app.get(
      path,
      () =>
        new Response(null, { status: 302, headers: { ...runtime.apiHeaders, location: homePage } }),
    )
  // After the routes, not among them: a catch-all route would also be matched on each API call.
  app.notFound((c) => {
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
    const asset = reads ? site.asset(c.req.path, c.req.header('accept-encoding') ?? '') : null
    return asset ?? notFound(parts)(c)
  })
}

/** Puts all routes behind one `fetch(Request)`. Only this file knows which address leads where. */
export const createWeb = (parts: Parts): Hono => {
  const { runtime } = parts
  const app = new Hono({ strict: true })
  for (const endpoint of endpointsOf(runtime.registry)) {
    const path = honoPath(endpoint.entry.path)
    if (asksAboutAnother(endpoint)) {
      app.all(path, api(parts, endpoint))
      app.all(`${path}/*`, api(parts, endpoint))
    } else app.on(endpoint.entry.method, path, api(parts, endpoint))
  }
  app.get('/api/openapi.json', openApiOfToday(runtime))
  app.get(
    '/api/problems/:code',
    (c) => problemPage(runtime, c.req.param('code')) ?? notFound(parts)(c),
  )
  app.post('/api/v1/csp-report', cspReport(parts))
  operatorRoutes(app, parts)
  wellKnownRoutes(app, parts)
  pageRoutes(app, parts)
  app.onError((error, _c) => toResponse(faultReply(runtime, error)))
  return app
}
