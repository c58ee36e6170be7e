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
    readonly socket?: { readonly remoteAddress?: string | undefined }
    readonly headers?: Readonly<Record<string, string | string[] | undefined>>
    readonly rawHeaders?: readonly string[]
  }
}

/** Node has parsed the headers already; making a `Headers` of them again would cost as much as looking the session up. */
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

/** Where the request came from, after as many proxies as are trusted. */
export const readAddress = (headers: HeaderReader, node: Node, trustedProxies: number): string =>
  callerAddress(
    node.incoming?.socket?.remoteAddress ?? '',
    headers.get('x-forwarded-for'),
    trustedProxies,
  )

/** Node keeps the first of several Authorization headers; that there was a second one must not go unnoticed. */
const authorizationsOf = (headers: HeaderReader, { incoming }: Node): readonly string[] => {
  const header = headers.get('authorization')
  if (header === null) return []
  const raw = incoming?.rawHeaders
  if (!raw) return [header]
  const found: string[] = []
  // Names are at the even places. Counted here because Node's own list of them is made of every header anew.
  for (let at = 0; at < raw.length; at += 2)
    if (raw[at]?.toLowerCase() === 'authorization') found.push(raw[at + 1] ?? '')
  return found
}

export type Settings = {
  readonly trustedProxies: number
  readonly cookies: CookieNames
  readonly requestId: string
}

/** A name that is given once gets its value. One that is given twice has no one meaning and keeps a list, which no schema takes. */
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

const queryOf = (text: string): Record<string, unknown> => {
  if (text === '') return nothing
  const queries = new Map<string, string[]>()
  // A question mark at its beginning would be dropped: it is part of the first name.
  for (const [name, value] of new URLSearchParams(text.startsWith('?') ? `&${text}` : text)) {
    // Added to, not copied: one name eight thousand times would be 60 ms of work for whoever likes.
    const before = queries.get(name)
    if (before) before.push(value)
    else queries.set(name, [value])
  }
  return withoutLoneLists(queries)
}

/** Behind the first question mark, as it was sent: both ways in read it alike. */
const queryIn = (url: string): string => {
  const [address = ''] = url.split('#', 1)
  const mark = address.indexOf('?')
  return mark < 0 ? '' : address.slice(mark + 1)
}

export const readIncoming = (c: HonoContext, settings: Settings): Incoming => {
  const request = c.req.raw
  const node = (c.env ?? {}) as Node
  return {
    ...readHead(readerOf(request, node), node, settings),
    readBody: (bytesMax) => readRequestBody(request, bytesMax),
    streamBody: (bytesMax) => streamRequestBody(request, bytesMax),
    method: request.method,
    isBare: false,
    pathParameters: c.req.param() as Record<string, string>,
    query: () => queryOf(queryIn(request.url)),
  }
}

/** A request without parameters in its path, straight from Node: nothing is made that nobody asks for. */
export const readPlain = (
  request: IncomingMessage,
  query: string,
  settings: Settings,
): Incoming => ({
  ...readHead(parsedHeaders(request.headers), { incoming: request }, settings),
  readBody: (bytesMax) => readNodeBody(request, bytesMax),
  streamBody: (bytesMax) => streamNodeBody(request, bytesMax),
  method: request.method ?? '',
  isBare: query === '',
  pathParameters: nothing,
  query: () => queryOf(query),
})
