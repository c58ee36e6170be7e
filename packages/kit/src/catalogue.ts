import type { AuthMethod, OnGuessing, RecogniseDevice } from './auth-method.ts'
import type { Context, Db } from './context.ts'
import type { EventSpec } from './event.ts'
import type { PageRole } from './page.ts'

/** A permission a module offers, without the namespace, and the built-in roles that carry it. */
export type PermissionSpec = {
  readonly id: string
  readonly label: string
  readonly roles: readonly BuiltInRole[]
}
export type BuiltInRole = 'owner' | 'admin' | 'member' | 'viewer'

/** What a key may be granted. `mcp:flows` implies every scope below it; `api:full` all that do not begin with `mcp`. */
export type ScopeSpec = {
  /** Words joined by colons, the widest first: `account:read`. */
  readonly id: string
  readonly label: string
  /** What a key with it may do, in one short sentence, for the page that grants it. */
  readonly allows: string
}

/** A kind of credential that goes on working when the password changes: the person is told how many there are. */
export type LastingCredential = {
  /** As the answer to a changed password names it: `accessTokens`. */
  readonly id: string
  /** Page where they are ended. */
  readonly page: string
  readonly countWorking: (ctx: Pick<Context, 'db' | 'now'>, userId: string) => Promise<number>
}

/** Recoveries under way among these people, by person: at most one each. Moments are epoch milliseconds. */
export type ListOpenRecoveries = (
  db: Db,
  userIds: readonly string[],
) => Promise<ReadonlyMap<string, { readonly startedAt: number; readonly readyAt: number }>>

/** What the installed modules offer, all of them together: read off their manifests once at start. */
export type Catalogue = {
  readonly scopes: readonly ScopeSpec[]
  /** Those that an operation names. The others mean something only to applications behind the product. */
  readonly neededScopes: ReadonlySet<string>
  readonly permissions: readonly PermissionSpec[]
  readonly events: readonly EventSpec[]
  /** Address of the page that has a role, where one has. */
  readonly pages: ReadonlyMap<PageRole, string>
  /** Every method to prove who one is. */
  readonly methods: readonly AuthMethod[]
  readonly lastingCredentials: readonly LastingCredential[]
  readonly recogniseDevice: RecogniseDevice
  readonly onGuessing: OnGuessing
  readonly listOpenRecoveries: ListOpenRecoveries
}
