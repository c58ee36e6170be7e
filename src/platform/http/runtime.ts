import type { Authenticator, Client, HttpRequest } from '@latchkey/kit'
import type { Credentials } from '../identity/presented.ts'
import type { Performing } from '../operations/call.ts'
import type { Registry } from '../operations/registry.ts'
import type { CookieNames } from './request/cookies.ts'

/** Everything that request handling needs; made once at start. */
export type Runtime = Performing & {
  readonly registry: Registry
  readonly authenticators: readonly Authenticator[]
  /** Origins at which users reach the product; links use the first. */
  readonly origins: readonly string[]
  /** Path of the sign-in page. */
  readonly signInPage: string
  /** Codes of refusals that a signed-in user can resolve, and the page where they do so. */
  readonly confirmPages: ReadonlyMap<string, string>
  readonly cookies: CookieNames
  readonly apiHeaders: Readonly<Record<string, string>>
  readonly limits: {
    readonly streamsMax: number
    readonly streamsPerPersonMax: number
  }
  readonly streams: Streams
}

/** Looks a request header up by its lower-case name. */
export type HeaderReader = HttpRequest['headers']

/** One request, read as far as every operation needs it. Path, query and body are read on demand. */
export type Incoming = HttpRequest & {
  readonly client: Client
  readonly credentials: Credentials
}

/** Open event streams: counted per person, and ended together when the process stops. */
type Streams = {
  readonly open: Set<{ readonly userId: string; readonly close: () => void }>
}
