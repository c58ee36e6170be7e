import type { IncomingMessage } from 'node:http'
import type { ClientHints } from '@latchkey/kit'
import type { Context as HonoContext } from 'hono'
import { callerAddress } from '#platform/client/address.ts'
import { readCredentials } from '#platform/identity/presented.ts'
import type { HeaderReader, Incoming } from '../runtime.ts'
import { readNodeBody, readRequestBody, streamNodeBody, streamRequestBody } from './body.ts'
import { type CookieNames, readCookies } from './cookies.ts'

const unquote = (value: string | null): string | undefined => {
  const text = value?.replace(/^"|"$/g, '').slice(0, 60)
  return text || undefined
}

/** The client hints as structured-field strings; a missing hint stays missing. */
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
    readonly socket?: { readonly remoteAddress?: string | undefined }
    readonly headers?: Readonly<Record<string, string | string[] | undefined>>
    readonly rawHeaders?: readonly string[]
  }
}

/** Node has parsed the headers already; building a `Headers` from them would cost as much as looking the session up. */
export const parsedHeaders = (
  parsed: Readonly<Record<string, string | string[] | undefined>>,
): HeaderReader => ({
  get: (name) => {
    const value = parsed[name]
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  },
})

const readerOf = (request: Request, { incoming }: Node): HeaderReader =>
  incoming?.headers ? parsedHeaders(incoming.headers) : request.headers

/** The client's address, behind the number of proxies that are trusted. */
export const readAddress = (headers: HeaderReader, node: Node, trustedProxies: number): string =>
  callerAddress(
    node.incoming?.socket?.remoteAddress ?? '',
    headers.get('x-forwarded-for'),
    trustedProxies,
  )

/** Node keeps only the first Authorization header, but a second one must be noticed: two credentials are refused. */
const authorizationsOf = (headers: HeaderReader, { incoming }: Node): readonly string[] => {
  const header = headers.get('authorization')
  if (header === null) return []
  const raw = incoming?.rawHeaders
  if (!raw) return [header]
  const found: string[] = []
  // Names are at even indexes. Counted here, because Node would build a list of all headers for each call.
  for (let at = 0; at < raw.length; at += 2)
    if (raw[at]?.toLowerCase() === 'authorization') found.push(raw[at + 1] ?? '')
  return found
}

export type Settings = {
  readonly trustedProxies: number
  readonly cookies: CookieNames
  readonly requestId: string
}

/** A name given once gets its value. One given twice is ambiguous: it keeps a list, which no schema accepts. */
const withoutLoneLists = (
  queries: Iterable<readonly [string, readonly string[]]>,
): Record<string, unknown> =>
  Object.fromEntries(
    Array.from(queries, ([name, values]) => [name, values.length === 1 ? values[0] : values]),
  )

const readHead = (
  headers: HeaderReader,
  node: Node,
  { trustedProxies, cookies, requestId }: Settings,
): Pick<Incoming, 'headers' | 'client' | 'credentials'> => {
  const { session, device, pending } = readCookies(headers.get('cookie'), cookies)
  return {
    headers,
    client: {
      address: readAddress(headers, node, trustedProxies),
      userAgent: (headers.get('user-agent') ?? '').slice(0, 512),
      hints: readHints(headers),
      device,
      pending,
      requestId,
    },
    credentials: readCredentials(session, authorizationsOf(headers, node)),
  }
}

const nothing = Object.freeze({})

/** A name that is given twice gets a list. */
export const readQuery = (text: string): Record<string, unknown> => {
  if (text === '') return nothing
  const queries = new Map<string, string[]>()
  // URLSearchParams drops a leading question mark, which here belongs to the first name.
  for (const [name, value] of new URLSearchParams(text.startsWith('?') ? `&${text}` : text)) {
    // Pushed, not copied: an attacker who repeats one name eight thousand times would cost 60 ms.
    const before = queries.get(name)
    if (before) before.push(value)
    else queries.set(name, [value])
  }
  return withoutLoneLists(queries)
}

/** The raw query after the first question mark: the fast path and the router read it alike. */
const queryIn = (url: string): string => {
  const [address = ''] = url.split('#', 1)
  const mark = address.indexOf('?')
  return mark < 0 ? '' : address.slice(mark + 1)
}

/** What stands in an address below the operation's. It belongs to the request that is asked about, query included. */
export const addressBelow = (url: string, path: string): string =>
  url.startsWith(`${path}/`) ? url.slice(path.length) : ''

const pathIn = (url: string): string => {
  const { pathname, search } = new URL(url)
  return `${pathname}${search}`
}

/** `path`: the operation's, where the address may go on below it. */
export const readIncoming = (c: HonoContext, settings: Settings, path: string | null): Incoming => {
  const request = c.req.raw
  const node = (c.env ?? {}) as Node
  const below = path === null ? '' : addressBelow(pathIn(request.url), path)
  return {
    ...readHead(readerOf(request, node), node, settings),
    readBody: (bytesMax) => readRequestBody(request, bytesMax),
    streamBody: (bytesMax) => streamRequestBody(request, bytesMax),
    method: request.method,
    isBare: false,
    below,
    pathParameters: below === '' ? (c.req.param() as Record<string, string>) : nothing,
    query: () => (below === '' ? readQuery(queryIn(request.url)) : nothing),
  }
}

/** Reads a request without path parameters, straight from Node. Its parts are read only when asked for. */
export const readPlain = (
  request: IncomingMessage,
  { query, below }: { readonly query: string; readonly below: string },
  settings: Settings,
): Incoming => ({
  ...readHead(parsedHeaders(request.headers), { incoming: request }, settings),
  readBody: (bytesMax) => readNodeBody(request, bytesMax),
  streamBody: (bytesMax) => streamNodeBody(request, bytesMax),
  method: request.method ?? '',
  isBare: query === '',
  below,
  pathParameters: nothing,
  query: () => readQuery(query),
})
