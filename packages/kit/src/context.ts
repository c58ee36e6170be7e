import type { Kysely } from 'kysely'
import type { Actor, Person } from './actor.ts'
import type { Catalogue } from './catalogue.ts'
import type { Announce } from './event.ts'
import type { SettingsGroup, SettingsOf } from './settings.ts'

/** The database port. A store narrows it to its own tables: `db.withTables<Own>()`. */
export type Db = Kysely<Record<never, never>>

export type Log = {
  readonly debug: (facts: object, message: string) => void
  readonly info: (facts: object, message: string) => void
  readonly warn: (facts: object, message: string) => void
  readonly error: (facts: object, message: string) => void
}

/** Randomness from the operating system's generator; swapped only by tests that need a known value. */
export type Random = {
  readonly bytes: (length: number) => Uint8Array
  /** A fresh time-ordered id with a readable prefix: `ses_01j…`. */
  readonly id: (prefix: string) => string
}

/** Reads the operator's settings; what is not declared in a group cannot be read. */
export type Config = {
  readonly read: <G extends SettingsGroup>(group: G) => SettingsOf<G>
}

/** The installation's secret keys, by purpose and version. They never leave the platform's crypto functions. */
export type Keys = {
  readonly current: (purpose: KeyPurpose) => {
    readonly version: number
    readonly secret: Uint8Array
  }
  readonly version: (purpose: KeyPurpose, version: number) => Uint8Array
}
export type KeyPurpose = 'encryption' | 'pepper' | 'audit' | 'lookup'

/**
 * Everything a rule may reach for, passed by hand. Time, chance and the outside come in here and nowhere else.
 * `keys` and `catalogue` came after the first eight; their decision records say why.
 */
export type Context<A extends Actor = Person> = {
  readonly actor: A
  readonly db: Db
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly random: Random
  readonly announce: Announce
  readonly config: Config
  readonly log: Log
  readonly keys: Keys
  readonly catalogue: Catalogue
  /** Runs `work` with the same context bound to one transaction; inside another transaction it simply runs. */
  readonly transaction: <T>(work: (ctx: Context<A>) => Promise<T>) => Promise<T>
}
