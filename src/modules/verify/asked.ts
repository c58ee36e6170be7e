import type { Exchange } from '@latchkey/kit'

/**
 * What a proxy says of the request it asks about. A visitor may have sent any of these headers, and a proxy overwrites
 * only those it knows: nothing here may let anybody through on the word of one of them alone.
 */

const pathMax = 2000
/** What a proxy calls the address it asks about: nginx by convention, Traefik and Caddy by themselves. */
const pathHeaders = ['x-original-uri', 'x-forwarded-uri']
/** ingress-nginx names the whole address. */
const addressHeader = 'x-original-url'
const methodHeaders = ['x-original-method', 'x-forwarded-method']

const firstOf = ({ request }: Exchange, names: readonly string[]): string | null =>
  names.map((name) => request.headers.get(name)).find((one) => one !== null) ?? null

/** The path in an address of this host. At another host there is no such page. */
const pathHere = ({ origin }: Exchange, address: string | null): string | null => {
  const [, host, path] = /^https?:\/\/([^/?#]+)(\/.*)$/i.exec(address ?? '') ?? []
  return host?.toLowerCase() === new URL(origin).host ? (path ?? null) : null
}

/** Envoy asks with the method of its visitor and with the path below ours; all others say both in headers. */
const methodsOf = ({ request }: Exchange): readonly string[] => {
  const named = methodHeaders.map((name) => request.headers.get(name)).filter((one) => one !== null)
  return request.below !== '' || named.length === 0 ? [request.method] : named
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'

/** A path of this site to come back to. It goes into a link that the sign-in page checks once more before it is followed. */
export const askedPath = (exchange: Exchange): string | null => {
  const { below, headers } = exchange.request
  const path =
    below || firstOf(exchange, pathHeaders) || pathHere(exchange, headers.get(addressHeader))
  // What a form has sent is lost on the way to the sign-in page, so there is nothing to come back to.
  if (!path || path.length > pathMax || !methodsOf(exchange).every(isRead)) return null
  return /^\/(?!\/)[\x21-\x7e]*$/.test(path) ? path : null
}

/**
 * A browser that goes to a page, which can be shown another one. Everything else is a program: it could do nothing with the
 * text of a sign-in page. Browsers say which it is on https and on localhost; elsewhere it is read off what they accept.
 */
export const isNavigation = (exchange: Exchange): boolean => {
  const { headers } = exchange.request
  const mode = headers.get('sec-fetch-mode')
  if (mode !== null) return mode === 'navigate'
  if (headers.get('x-requested-with') !== null || headers.get('upgrade') !== null) return false
  if (!methodsOf(exchange).every(isRead)) return false
  const accept = headers.get('accept')
  return accept === null || accept.includes('text/html')
}

/** A browser's question whether a page of another origin may call (Fetch standard, CORS-preflight request): without cookies. */
export const isPreflight = (exchange: Exchange): boolean => {
  const { headers } = exchange.request
  return (
    methodsOf(exchange).every((method) => method === 'OPTIONS') &&
    headers.get('cookie') === null &&
    headers.get('origin') !== null &&
    headers.get('access-control-request-method') !== null
  )
}
