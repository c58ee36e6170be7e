import createClient, {
  type Client,
  type FetchResponse,
  type MaybeOptionalInit,
} from 'openapi-fetch'
import type { PathsWithMethod, RequiredKeysOf } from 'openapi-typescript-helpers'
import { backwards, type paths } from './api.ts'
import { type Fetch, sender } from './send.ts'

export type { components, operations, ProblemCode, paths } from './api.ts'
export { LatchkeyProblem, type NetworkCode } from './problem.ts'

/** An access token or API key; or an e-mail address with an API key; or neither, in a page of the installation itself. */
export type Credential =
  | { readonly token: string; readonly email?: never; readonly apiKey?: never }
  | { readonly email: string; readonly apiKey: string; readonly token?: never }
  | { readonly token?: never; readonly email?: never; readonly apiKey?: never }

export type LatchkeyOptions = Credential & {
  /** Where the installation is, e.g. `https://account.example.com`. */
  readonly baseUrl: string
  /** Used instead of the global one. */
  readonly fetch?: Fetch
  /** How often a call that may succeed later is repeated; 2 when absent, 0 for never. */
  readonly retriesMax?: number
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Answer<P extends keyof paths, M extends Method, Init> = NonNullable<
  FetchResponse<
    paths[P][M] extends Record<string | number, unknown> ? paths[P][M] : never,
    Init,
    `${string}/${string}`
  >['data']
>

/** Calls one address with one method; answers what the server answered, or throws `LatchkeyProblem`. */
type Call<M extends Method> = <
  P extends PathsWithMethod<paths, M>,
  Init extends MaybeOptionalInit<paths[P], M>,
>(
  path: P,
  ...init: RequiredKeysOf<Init> extends never ? [init?: Init] : [init: Init]
) => Promise<Answer<P, M, Init>>

type Page = { readonly next: string | null }
type ListPath = {
  [P in PathsWithMethod<paths, 'get'>]: Answer<P, 'get', unknown> extends Page ? P : never
}[PathsWithMethod<paths, 'get'>]

export type Latchkey = {
  readonly get: Call<'get'>
  readonly post: Call<'post'>
  readonly put: Call<'put'>
  readonly patch: Call<'patch'>
  readonly delete: Call<'delete'>
  /** Every page of a list, one after the other: `for await (const page of latchkey.pages('/api/v1/people'))`. */
  readonly pages: <P extends ListPath>(
    path: P,
    query?: Readonly<Record<string, string | number>>,
  ) => AsyncGenerator<Answer<P, 'get', unknown>, void, undefined>
}

const base64 = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))

const authorizationOf = ({ token, email, apiKey }: LatchkeyOptions): string | null => {
  if (token !== undefined) return `Bearer ${token}`
  return email === undefined ? null : `Basic ${base64(`${email}:${apiKey}`)}`
}

type Untyped = (path: string, init?: object) => Promise<{ readonly data?: unknown }>

const unwrap =
  (call: unknown): Untyped =>
  async (path, init = {}) =>
    (await (call as Untyped)(path, init)).data as object

/** A client for one installation and one credential. It keeps nothing but the token of a browser session. */
export const createLatchkey = (options: LatchkeyOptions): Latchkey => {
  const send = sender({
    fetch: options.fetch ?? ((request) => globalThis.fetch(request)),
    authorization: authorizationOf(options),
    retriesMax: options.retriesMax ?? 2,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  })
  const client: Client<paths> = createClient<paths>({
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    fetch: send,
  })
  const get = unwrap(client.GET)
  const pages = async function* (path: string, query: object = {}): AsyncGenerator<Page> {
    let after: string | null | undefined
    do {
      const place = after ? { [backwards.includes(path) ? 'before' : 'after']: after } : {}
      const page = (await get(path, { params: { query: { ...query, ...place } } })) as Page
      yield page
      after = page.next
    } while (after)
  }
  // Seam: openapi-fetch answers { data } or { error }; the sender has thrown already when it is the second.
  return {
    get,
    post: unwrap(client.POST),
    put: unwrap(client.PUT),
    patch: unwrap(client.PATCH),
    delete: unwrap(client.DELETE),
    pages,
  } as unknown as Latchkey
}
