import type { Client, ClientHints } from '@latchkey/kit'
import type { Context as HonoContext } from 'hono'
import { callerAddress } from '../client/address.ts'
import { readCredentials } from '../identity/presented.ts'
import { type CookieNames, readCookie } from './cookies.ts'
import type { HeaderReader, Incoming } from './door.ts'

const unquote = (value: string | null): string | undefined => {
  const text = value?.replace(/^"|"$/g, '').slice(0, 60)
  return text || undefined
}

/** Structured-field strings of the client hints; absent ones stay absent. */
const readHints = (headers: HeaderReader): ClientHints => {
  const platform = unquote(headers.get('sec-ch-ua-platform'))
  if (!platform) return {}
  const [platformVersion, model, architecture, bitness] = [
    'sec-ch-ua-platform-version',
    'sec-ch-ua-model',
    'sec-ch-ua-arch',
    'sec-ch-ua-bitness',
  ].map((name) => unquote(headers.get(name)))
  return {
    platform,
    mobile: headers.get('sec-ch-ua-mobile') === '?1',
    ...(platformVersion ? { platformVersion } : {}),
    ...(model ? { model } : {}),
    ...(architecture ? { architecture } : {}),
    ...(bitness ? { bitness } : {}),
  }
}

type Node = {
  readonly incoming?: {
    readonly socket?: { readonly remoteAddress?: string }
    readonly headers?: Readonly<Record<string, string | string[] | undefined>>
    readonly headersDistinct?: Readonly<Record<string, string[] | undefined>>
  }
}

/** Node has parsed the headers already; making a `Headers` of them again would cost as much as looking the session up. */
const readerOf = (request: Request, node: Node): HeaderReader => {
  const parsed = node.incoming?.headers
  if (!parsed) return request.headers
  return {
    get: (name) => {
      const value = parsed[name]
      return Array.isArray(value) ? value.join(', ') : (value ?? null)
    },
  }
}

export const readClient = (
  headers: HeaderReader,
  node: Node,
  settings: {
    readonly trustedProxies: number
    readonly cookies: CookieNames
    readonly requestId: string
  },
): Client => ({
  address: callerAddress(
    node.incoming?.socket?.remoteAddress ?? '',
    headers.get('x-forwarded-for'),
    settings.trustedProxies,
  ),
  userAgent: (headers.get('user-agent') ?? '').slice(0, 512),
  hints: readHints(headers),
  device: readCookie(headers.get('cookie'), settings.cookies.device),
  pending: readCookie(headers.get('cookie'), settings.cookies.pending),
  requestId: settings.requestId,
})

/** Node keeps the first of several Authorization headers; that there was a second one must not go unnoticed. */
const authorizationsOf = (headers: HeaderReader, { incoming }: Node): readonly string[] => {
  const header = headers.get('authorization')
  if (header === null) return []
  return incoming?.headersDistinct?.authorization ?? [header]
}

/** A name that is given twice in a query has no one meaning: it becomes a list, which no schema of ours takes. */
const readQuery = (c: HonoContext): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? values[0] : values,
    ]),
  )

export const readIncoming = (
  c: HonoContext,
  settings: {
    readonly trustedProxies: number
    readonly cookies: CookieNames
    readonly requestId: string
  },
): Incoming => {
  const request = c.req.raw
  const node = (c.env ?? {}) as Node
  const headers = readerOf(request, node)
  return {
    request,
    headers,
    method: request.method,
    client: readClient(headers, node, settings),
    credentials: readCredentials(
      readCookie(headers.get('cookie'), settings.cookies.session),
      authorizationsOf(headers, node),
    ),
    pathParameters: c.req.param() as Record<string, string>,
    query: () => readQuery(c),
  }
}
