import { gzipSync } from 'node:zlib'
import type { Context as HonoContext } from 'hono'
import { dayMs } from '#platform/clock/moment.ts'
import type { Runtime } from '../runtime.ts'
import { openApiDocument } from './document.ts'

/**
 * Built on the first request for it: most processes are never asked, and it takes as much memory as a module. Kept for a
 * day, because its examples contain dates.
 */
export const openApiOfToday = (runtime: Runtime) => {
  const { registry, origins, cookies } = runtime
  const make = (now: number) => {
    const published = { publicUrl: origins[0] ?? '', sessionCookieName: cookies.session, now }
    const plain = JSON.stringify(openApiDocument(registry, published))
    return { plain, packed: new Uint8Array(gzipSync(plain)), until: now + dayMs }
  }
  let made: ReturnType<typeof make> | null = null
  return (c: HonoContext): Response => {
    const now = runtime.services.now()
    if (!made || now >= made.until) made = make(now)
    const headers = {
      ...runtime.apiHeaders,
      'content-type': 'application/json',
      vary: 'accept-encoding',
    }
    return /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
      ? new Response(made.packed, { headers: { ...headers, 'content-encoding': 'gzip' } })
      : new Response(made.plain, { headers })
  }
}
