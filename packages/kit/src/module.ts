import type { Kysely } from 'kysely'
import type { Client, Person, RegisteredClient, System, Visitor } from './actor.ts'
import type { AuthMethod, OnGuessing, RecogniseDevice } from './auth-method.ts'
import type {
  LastingCredential,
  ListOpenRecoveries,
  PermissionSpec,
  ScopeSpec,
} from './catalogue.ts'
import type { CommandSpec } from './command.ts'
import type { Context, Db } from './context.ts'
import type { EventSpec } from './event.ts'
import type { Fixtures } from './fixtures.ts'
import type { BoundOperation } from './operation.ts'
import type { PageRole, PageRoles } from './page.ts'
import type { Protocol } from './protocol.ts'
import type { RefusalSpec } from './refusal.ts'
import type { SettingsGroup } from './settings.ts'
import type { WorkKind } from './work.ts'

/** Column types that differ between engines; everything else is written once. */
export type Columns = {
  readonly secret: 'blob' | 'bytea'
  readonly moment: 'bigint'
  readonly json: 'text'
}

/** Forward only, frozen once released. Keyed by UTC minute and name: `202611230900_sessions`. */
export type Migrations = Readonly<
  Record<string, (db: Kysely<unknown>, columns: Columns) => Promise<void>>
>

/**
 * Work that repeats. Of all processes on a database one runs it, once in each period; a run that a killed process left
 * is made again, so write it so that twice does no harm. The signal says that the process stops: what is not finished
 * then is done after the next start.
 */
export type Job = {
  readonly name: string
  readonly everySeconds: number
  readonly run: (ctx: Context<System>, signal: AbortSignal) => Promise<void>
}

/** What an authenticator found. Permissions are added from the role by the platform. */
export type Found = Omit<Person, 'permissions' | 'client'>
export type FoundClient = Omit<RegisteredClient, 'client'>

/** One credential as it came with the request, taken apart and not yet looked up. */
export type Presented = {
  readonly carrier: 'session-cookie' | 'bearer' | 'basic'
  readonly value: string
  /** The name beside it (RFC 7617 §2): only `basic` has one. */
  readonly name?: string
}

/** Turns one presented credential into a person or a registered client, or null. Never throws for a bad value. */
export type Authenticator = {
  readonly carriers: readonly Presented['carrier'][]
  /** What its values begin with, e.g. `cfp_`: nothing else reaches it. */
  readonly prefix?: string
  readonly find: (
    ctx: {
      readonly db: Db
      readonly now: number
      readonly config: Context['config']
      readonly keys: Context['keys']
    },
    presented: Presented,
    client: Client,
  ) => Promise<Found | FoundClient | null>
}

/** What a well-known address (RFC 8615) answers; null: it does not exist here. */
export type WellKnown = { readonly json: object } | { readonly redirect: string } | null

/** What is known to have happened after a backup was made, from the database it replaces. Nothing when that is gone. */
export type LostActs = {
  /** Ids that acts of this code in the audit trail were about. */
  readonly targets: (code: string) => readonly string[]
}

export type ModuleSpec = {
  readonly name: string
  readonly summary: string
  /** Modules whose `api.ts` or contract this one imports. Without circles. */
  readonly needs?: readonly string[]
  readonly operations?: readonly BoundOperation[]
  readonly permissions?: readonly PermissionSpec[]
  readonly scopes?: readonly ScopeSpec[]
  readonly refusals?: Readonly<Record<string, RefusalSpec>>
  /** Ways to be spoken to over HTTP that operations, of this module or another, name in `speaks`. */
  readonly protocols?: readonly Protocol[]
  readonly events?: readonly EventSpec[]
  readonly migrations?: Migrations
  readonly jobs?: readonly Job[]
  /** Kinds of work its rules queue. */
  readonly work?: readonly WorkKind[]
  readonly settings?: readonly SettingsGroup[]
  readonly authenticators?: readonly Authenticator[]
  /** Rules find those of all modules in `ctx.catalogue.methods`. */
  readonly methods?: readonly AuthMethod[]
  /** What a new password does not end. */
  readonly lastingCredentials?: readonly LastingCredential[]
  /** At most one module says which browsers an account knows. Without one, no browser is known. */
  readonly recogniseDevice?: RecogniseDevice
  /** At most one module tells people that an attacker is guessing. */
  readonly onGuessing?: OnGuessing
  /** At most one module says whose account is being recovered: operators see it in the list of people. */
  readonly listOpenRecoveries?: ListOpenRecoveries
  /** Addresses of its pages, so that a deep link is answered and a wrong address is a 404. */
  readonly pages?: readonly string[]
  /** Pages for people who are not signed in: they load a light document instead of the whole app. */
  readonly entrances?: readonly string[]
  /** Those of its pages that others lead to by their role. */
  readonly pageRoles?: PageRoles
  /** Name below `/.well-known/` → what it answers. */
  readonly wellKnown?: Readonly<
    Record<string, (config: Context['config'], pages: ReadonlyMap<PageRole, string>) => WellKnown>
  >
  /** Asked once before listening: what the operator has to put right first, or null. */
  readonly startCheck?: (ctx: Context<System>) => Promise<string | null>
  /**
   * Told what in the address of a request (path or query) had the form of a key, real or made up.
   * The answer does not wait for it and does not depend on it.
   */
  readonly onKeyInUrl?: (ctx: Context<Visitor>, value: string) => Promise<void>
  /**
   * Called once for a restored database, before any caller can reach it: end what must not live a second
   * time (sessions, challenges, codes that were used since). Returns how many rows that were, by a word for them.
   */
  readonly afterRestore?: (
    ctx: Context<System>,
    lost: LostActs,
  ) => Promise<Readonly<Record<string, number>>>
  /** Commands it adds to the program `latchkey`. */
  readonly commands?: readonly CommandSpec[]
  /** Folder with the texts of its mails, `<locale>.json`: `new URL('./mails/', import.meta.url)`. */
  readonly mails?: URL
  /** What the tests of all modules need to know of this one: `() => import('./fixtures.ts')`. The product never calls it. */
  readonly fixtures?: () => Promise<{ readonly fixtures: Fixtures }>
}

/** The manifest: everything a module adds to the product, on one page. */
export const defineModule = (spec: ModuleSpec): ModuleSpec => spec
