import type { Actor } from '@latchkey/kit'
import type { Services } from '../context.ts'
import type { Limiter } from './limiter.ts'
import type { Entry } from './registry.ts'

/** What every call meets, made once at start. */
export type Performing = {
  readonly services: Services
  readonly limiter: Limiter
  /** Calls under way, per key. */
  readonly running: Map<string, number>
  readonly limits: {
    readonly requestsPerAddress: number
    readonly requestsPerKey: number
    readonly requestsAtOncePerKey: number
  }
  /** Tests and development: a wrong output or an undeclared refusal is a fault, not a log line. */
  readonly strict: boolean
}

/** The limit that applied last, as the caller is told of it. */
export type Quota = {
  readonly name: string
  readonly max: number
  /** Null: it counts calls at once, which come back whenever one ends. */
  readonly window: {
    readonly seconds: number
    readonly remaining: number
    readonly resetSeconds: number
  } | null
}

/** One call of an operation, whichever way it came in: a request, a command, a message on an open connection. */
export type Call = {
  readonly runtime: Performing
  readonly entry: Entry
  /** Who calls, as the way in found out. */
  readonly actor: Actor
  /** Counts against the limits of its key. Not where one caller asks on behalf of everybody. */
  readonly isMetered: boolean
  quota: Quota | null
}
