import type { Authenticator, Client } from '@latchkey/kit'
import type { Services } from '../context.ts'
import type { Credentials } from '../identity/presented.ts'
import type { Limiter } from '../operations/limiter.ts'
import type { Registry } from '../operations/registry.ts'
import type { CookieNames } from './request/cookies.ts'

/** What every request meets; made once at start. */
export type Runtime = {
  readonly services: Services
  readonly registry: Registry
  readonly authenticators: readonly Authenticator[]
  /** Where people reach the product; the first is used in links. */
  readonly origins: readonly string[]
  /** Path of the page where people sign in. */
  readonly signInPage: string
  /** Codes of refusals that a signed-in person can do something about, and the page where they do. */
  readonly confirmPages: ReadonlyMap<string, string>
  readonly cookies: CookieNames
  readonly apiHeaders: Readonly<Record<string, string>>
  readonly limiter: Limiter
  /** Requests under way, per key. */
  readonly running: Map<string, number>
  readonly limits: {
    readonly requestsPerAddress: number
    readonly streamsMax: number
    readonly streamsPerPersonMax: number
    readonly requestsPerKey: number
    readonly requestsAtOncePerKey: number
  }
  readonly streams: Streams
  /** Tests and development: a wrong output or an undeclared refusal is a fault, not a log line. */
  readonly strict: boolean
}

/** Looks a request header up by its lower-case name. */
export type HeaderReader = { readonly get: (name: string) => string | null }

/** One request, read as far as every operation needs it; path, query and body wait until they are asked for. */
export type Incoming = {
  /** The whole body, or a refusal when it has more bytes than that. */
  readonly readBody: (bytesMax: number) => Promise<Uint8Array>
  readonly headers: HeaderReader
  readonly method: string
  readonly client: Client
  readonly credentials: Credentials
  readonly pathParameters: Readonly<Record<string, string>>
  readonly query: () => Record<string, unknown>
  /** Nothing stands behind the path, nor in it: there is no input to read. */
  readonly isBare: boolean
}

/** Open event streams: counted per person, and ended together when the process stops. */
type Streams = {
  readonly open: Set<{ readonly userId: string; readonly close: () => void }>
}
