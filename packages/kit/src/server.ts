import type { ReferenceExpression, SelectQueryBuilder } from 'kysely'
import type { z } from 'zod'
import type { Actor } from './actor.ts'
import type { AuthMethod } from './auth-method.ts'
import type { Config, Context, Db, Keys, Random } from './context.ts'
import type { Letter } from './event.ts'
import type { WorkOptions, WorkOutline, WorkView } from './work.ts'

/** Where a sealed value lives. Bound to it, so that it cannot be moved to another row. */
export type SealedPlace = { readonly table: string; readonly row: string; readonly column: string }

/** Argon2id in its own notation, and which pepper of the key file went into it. */
export type StoredPassword = { readonly phc: string; readonly pepperVersion: number }

/** Where a page of a list ended that is ordered by a moment, and by id where moments are the same. */
export type MomentCursor = { readonly at: number; readonly id: string }

export type KeyPage<Column> = {
  /** The order of the list, said once. The last column is unique. */
  readonly by: readonly Column[]
  readonly direction: 'asc' | 'desc'
  /** Values of `by` where the page before ended; null: from the beginning. */
  readonly after: readonly (string | number)[] | null
  readonly limit: number
}

export type NewOneTimeToken = {
  /** What it is for, e.g. `badges.claim`: only the same kind opens it. */
  readonly kind: string
  readonly ttlSeconds: number
  readonly userId: string | null
  /** Canonical address it is mailed to. */
  readonly recipient?: string
  /** JSON: what it is bound to besides. */
  readonly state?: object
}
export type OpenedToken = { readonly userId: string | null; readonly state: unknown }

/** A person, as far as another module may know one. */
export type KnownPerson = {
  readonly id: string
  readonly name: string
  /** Canonical. */
  readonly email: string
  readonly role: string
  readonly isDisabled: boolean
}

export type Notice = {
  /** `<module>:<name>`: a `subject` and a `body` in the module's mail texts. */
  readonly text: string
  /** Page where what the letter tells to do is done: `{{link}}` in its words. */
  readonly page?: string
  readonly values?: Readonly<Record<string, string>>
}

type Tokens = Pick<Context, 'db' | 'now'>

/**
 * What the platform does for the rules of any module. The kit only names it, since it may not import the product: the
 * product binds its own functions when it is made, before the first request.
 */
export type Server = {
  readonly seal: (
    ctx: Pick<Context, 'db' | 'keys' | 'random' | 'now'>,
    place: SealedPlace,
    plain: string | Uint8Array,
  ) => Promise<Uint8Array>
  readonly unseal: (
    ctx: { readonly db: Db; readonly keys: Keys },
    place: SealedPlace,
    sealed: Uint8Array,
  ) => Promise<Uint8Array>
  readonly newSecret: (random: Random) => string
  readonly sha256: (text: string) => Uint8Array
  readonly sameText: (one: string, other: string) => boolean
  readonly hashPassword: (
    ctx: {
      readonly keys: Keys
      readonly random: Random
      readonly config: Config
    },
    password: string,
  ) => Promise<StoredPassword>
  readonly verifyPassword: (
    ctx: { readonly keys: Keys; readonly config: Config },
    stored: StoredPassword | null,
    password: string,
  ) => Promise<{ readonly right: boolean; readonly outdated: boolean }>
  readonly issueOneTimeToken: (
    ctx: Tokens & Pick<Context, 'random'>,
    token: NewOneTimeToken,
  ) => Promise<string>
  readonly peekOneTimeToken: (
    ctx: Tokens,
    kind: string,
    secret: string,
  ) => Promise<OpenedToken | null>
  readonly consumeOneTimeToken: (
    ctx: Tokens,
    kind: string,
    secret: string,
  ) => Promise<OpenedToken | null>
  readonly voidOneTimeTokens: (ctx: Tokens, kind: string, userId: string | null) => Promise<void>
  readonly mayMailAgain: (ctx: Tokens, kind: string, recipient: string) => Promise<boolean>
  readonly publicLink: (
    config: Config,
    path: string,
    secret?: { readonly name: string; readonly value: string },
  ) => string
  readonly canonicalEmail: (typed: string) => string | null
  readonly findPerson: (db: Db, userId: string) => Promise<KnownPerson | null>
  readonly lockPerson: (db: Db, userId: string) => Promise<void>
  readonly securityNotice: (
    ctx: Pick<Context<Actor>, 'db' | 'config' | 'actor' | 'now' | 'catalogue'>,
    userId: string,
    notice: Notice,
  ) => Promise<readonly Letter[]>
  readonly guardGuess: (
    ctx: Context<Actor>,
    userId: string,
    check: () => Promise<boolean>,
  ) => Promise<boolean>
  readonly pageByKey: <DB, TB extends keyof DB, O>(
    query: SelectQueryBuilder<DB, TB, O>,
    page: KeyPage<ReferenceExpression<DB, TB> & string>,
  ) => SelectQueryBuilder<DB, TB, O>
  readonly availableMethods: (ctx: Context<Actor>, userId: string) => Promise<readonly AuthMethod[]>
  readonly isDuplicate: (error: unknown) => boolean
  readonly enqueueWork: <I extends z.ZodType>(
    ctx: Context<Actor>,
    kind: WorkOutline<I>,
    piece: WorkOptions & { readonly input: z.input<I> },
  ) => Promise<string>
  readonly findWork: <O extends z.ZodType>(
    ctx: Pick<Context, 'db' | 'keys'>,
    kind: WorkOutline<z.ZodType, O>,
    id: string,
  ) => Promise<WorkView<z.output<O>> | null>
  readonly cancelWork: (
    ctx: Pick<Context, 'db' | 'now'>,
    kind: Pick<WorkOutline, 'name'>,
    id: string,
  ) => Promise<'cancelled' | 'asked' | 'over'>
}

let bound: Server | null = null

/** Only for the product, which is made once in a process. */
export const bindServer = (server: Server): void => {
  bound = server
}

const server = (): Server => {
  if (bound === null)
    throw new Error('@latchkey/kit/server works only in a module that Latchkey has loaded')
  return bound
}

/** AES-256-GCM with the installation's keys; `latchkey keys rotate` covers it. Store it in a column of `columns.secret`. */
export const seal: Server['seal'] = (...given) => server().seal(...given)
/** Throws when the value was changed, moved to another row, or sealed with a key that is gone. */
export const unseal: Server['unseal'] = (...given) => server().unseal(...given)

/** A secret to hand out once: 256 bits as 43 base64url characters. Store its `sha256`. */
export const newSecret: Server['newSecret'] = (...given) => server().newSecret(...given)
/** For secrets of 160 bits or more. What a person chose goes through `hashPassword`. */
export const sha256: Server['sha256'] = (...given) => server().sha256(...given)
/** In constant time: neither content nor length shows. */
export const sameText: Server['sameText'] = (...given) => server().sameText(...given)

/** Argon2id with the installation's pepper and cost, 25 to 50 ms: never inside a transaction. */
export const hashPassword: Server['hashPassword'] = (...given) => server().hashPassword(...given)
/** Null stands for an unknown user: it takes as long and is never right. */
export const verifyPassword: Server['verifyPassword'] = (...given) =>
  server().verifyPassword(...given)

/** Returns the secret for the link; only its digest is stored. */
export const issueOneTimeToken: Server['issueOneTimeToken'] = (...given) =>
  server().issueOneTimeToken(...given)
/** What it would open, without using it up. Null: used, expired, of another kind, or made up. */
export const peekOneTimeToken: Server['peekOneTimeToken'] = (...given) =>
  server().peekOneTimeToken(...given)
/** Once, in one statement: of two at the same moment one gets null. */
export const consumeOneTimeToken: Server['consumeOneTimeToken'] = (...given) =>
  server().consumeOneTimeToken(...given)
export const voidOneTimeTokens: Server['voidOneTimeTokens'] = (...given) =>
  server().voidOneTimeTokens(...given)
/** At most 3 mails an hour and 10 a day of one kind to one address. In the transaction that then issues the token. */
export const mayMailAgain: Server['mayMailAgain'] = (...given) => server().mayMailAgain(...given)

/** An address people can open. A secret goes into the fragment, which browsers send to no server. */
export const publicLink: Server['publicLink'] = (...given) => server().publicLink(...given)
/** One spelling per mailbox; null when it is not one plain address. */
export const canonicalEmail: Server['canonicalEmail'] = (...given) =>
  server().canonicalEmail(...given)

export const findPerson: Server['findPerson'] = (...given) => server().findPerson(...given)
/** Until the transaction ends: what counts a person's things and then adds one takes this first. */
export const lockPerson: Server['lockPerson'] = (...given) => server().lockPerson(...given)
/**
 * A letter about a change that protects or weakens the account, to be given to `announce`. Its words may use `{{name}}`,
 * `{{link}}`, `{{passwordLink}}` and the values; when, from which device and from where is shown below them.
 */
export const securityNotice: Server['securityNotice'] = (...given) =>
  server().securityNotice(...given)

/**
 * Checks what can be guessed: counted first, then checked, with growing waits and a warning to the person. Refuses with
 * 429 while a wait is running. Never inside a transaction. What is declared as an `AuthMethod` is guarded already.
 */
export const guardGuess: Server['guardGuess'] = (...given) => server().guardGuess(...given)

/** What this person has to prove that it is them, of all modules, strongest first. */
export const availableMethods: Server['availableMethods'] = (...given) =>
  server().availableMethods(...given)

/** One page of an ordered list and one row more, by which `pageOf` tells whether it goes on. */
export const pageByKey: Server['pageByKey'] = (...given) => server().pageByKey(...given)

/** Was it a unique index that refused? */
export const isDuplicate: Server['isDuplicate'] = (...given) => server().isDuplicate(...given)

/** Queues a piece of work in the transaction of `ctx`, or in one of its own; returns its id. */
export const enqueueWork: Server['enqueueWork'] = (...given) => server().enqueueWork(...given)
/** State, progress and result of a piece; null when there is none of this kind, or a week after its end. */
export const findWork: Server['findWork'] = (...given) => server().findWork(...given)
/** Ends a piece that waits, and asks one that runs to end (`asked`). `over` when it had ended, or none is of this kind. */
export const cancelWork: Server['cancelWork'] = (...given) => server().cancelWork(...given)

export const hourMs = 3600 * 1000
export const dayMs = 24 * hourMs
/** Epoch milliseconds as ISO 8601 in UTC: how a moment is written in answers and events. */
export const iso = (moment: number): string => new Date(moment).toISOString()
export const isoOrNull = (moment: number | null): string | null =>
  moment === null ? null : iso(moment)

export const writeMomentCursor = ({ at, id }: MomentCursor): string => `${at}.${id}`
/** A cursor is ours or it is nothing: a made-up one starts from the beginning. `prefix` is that of the ids. */
export const readMomentCursor = (prefix: string, text: string | undefined): MomentCursor | null => {
  const [, at, id = ''] = /^(\d{1,15})\.([a-z]+_[0-9a-z]{26})$/.exec(text ?? '') ?? []
  return id.startsWith(`${prefix}_`) ? { at: Number(at), id } : null
}

/** One page of a list. `rows` come from `pageByKey`, one more than `limit`: whether it is there says whether the list goes on. */
export const pageOf = <Row>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => string,
): { readonly page: readonly Row[]; readonly next: string | null } => {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, next: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}
