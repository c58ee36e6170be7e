import type { Actor } from '@latchkey/kit'
import type { Services } from '../context.ts'
import type { Limiter } from './limiter.ts'
import type { Entry } from './registry.ts'

/** Everything that performing a call needs; made once at start. */
export type Performing = {
  readonly services: Services
  readonly limiter: Limiter
  /** True while the disk of the database is full: what room is left is for ending things. */
  readonly hasNoRoom: () => boolean
  /** Calls under way, per key. */
  readonly running: Map<string, number>
  readonly limits: {
    readonly requestsPerAddress: number
    readonly requestsPerKey: number
    readonly requestsAtOncePerKey: number
  }
  /** Set in tests and development: a wrong output or an undeclared refusal is a fault, not a log line. */
  readonly strict: boolean
}

/** The limit that applied last, as the answer reports it. */
export type Quota = {
  readonly name: string
  readonly max: number
  /** Null for a limit on simultaneous calls, whose places come back whenever one ends. */
  readonly window: {
    readonly seconds: number
    readonly remaining: number
    readonly resetSeconds: number
  } | null
}

/** One call of an operation over any transport: a request, a command, a message on an open connection. */
export type Call = {
  readonly runtime: Performing
  readonly entry: Entry
  /** The caller, as the transport identified them. */
  readonly actor: Actor
  /** True when the call counts against the limits of its key; false where one caller asks on behalf of all users. */
  readonly isMetered: boolean
  quota: Quota | null
}
