import type { Context, Db, Migrations } from '@latchkey/kit'
import type { ExpressionBuilder } from 'kysely'
import { dayMs, hourMs } from '../clock/moment.ts'
import { sha256 } from '../crypto/digest.ts'
import { newSecret } from '../crypto/random.ts'
import { deleteRows } from '../db/delete-rows.ts'
import { lockInTransaction } from '../db/dialect.ts'

/** One table and one consume function for every link that works once: reset, invitation, sign-up, setup. */
type Tables = {
  one_time_tokens: {
    id: string
    token_hash: Uint8Array
    kind: string
    user_id: string | null
    /** Canonical address it was mailed to, for the cap per recipient. */
    recipient: string | null
    /** Further facts the token is bound to, e.g. the invited address. JSON. */
    state: string
    created_at: number
    expires_at: number
    consumed_at: number | null
  }
}

export const migrations: Migrations = {
  '202611230001_one_time_tokens': async (db, columns) => {
    await db.schema
      .createTable('one_time_tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('token_hash', columns.secret as 'bytea', (column) => column.notNull().unique())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text')
      .addColumn('recipient', 'text')
      .addColumn('state', columns.json, (column) => column.notNull())
      .addColumn('created_at', columns.moment, (column) => column.notNull())
      .addColumn('expires_at', columns.moment, (column) => column.notNull())
      .addColumn('consumed_at', columns.moment)
      .execute()
    await db.schema
      .createIndex('one_time_tokens_user')
      .on('one_time_tokens')
      .columns(['user_id', 'kind'])
      .execute()
    await db.schema
      .createIndex('one_time_tokens_recipient')
      .on('one_time_tokens')
      .columns(['recipient', 'kind', 'created_at'])
      .execute()
    await db.schema
      .createIndex('one_time_tokens_expiry')
      .on('one_time_tokens')
      .column('expires_at')
      .execute()
  },
}

type Where = ExpressionBuilder<Tables, 'one_time_tokens'>

const tokens = (db: Db) => db.withTables<Tables>()

/** The token with this secret, if it is neither used nor expired. */
const isOpen = (where: Where, secret: string, now: number) =>
  where.and([
    where('token_hash', '=', sha256(secret)),
    where('consumed_at', 'is', null),
    where('expires_at', '>', now),
  ])

type Issuing = Pick<Context, 'db' | 'now' | 'random'>

/** Issues a token and returns its secret; only the SHA-256 is stored. */
export const issueOneTimeToken = async (
  ctx: Issuing,
  token: {
    readonly kind: string
    /** Given by a caller that may have to void this token alone, and no other of its kind. */
    readonly id?: string
    readonly userId: string | null
    readonly ttlSeconds: number
    readonly recipient?: string
    readonly state?: object
  },
): Promise<string> => {
  const secret = newSecret(ctx.random)
  await tokens(ctx.db)
    .insertInto('one_time_tokens')
    .values({
      id: token.id ?? ctx.random.id('ott'),
      token_hash: sha256(secret),
      kind: token.kind,
      user_id: token.userId,
      recipient: token.recipient ?? null,
      state: JSON.stringify(token.state ?? {}),
      created_at: ctx.now(),
      expires_at: ctx.now() + token.ttlSeconds * 1000,
      consumed_at: null,
    })
    .execute()
  return secret
}

type Opened = { readonly userId: string | null; readonly state: unknown }

const opened = ({
  user_id,
  state,
}: Pick<Tables['one_time_tokens'], 'user_id' | 'state'>): Opened => ({
  userId: user_id,
  state: JSON.parse(state),
})

/**
 * Consumes a token in one statement: of any number of simultaneous attempts exactly one gets it. Returns null for an
 * unknown token, a used one, an expired one and one of another kind; callers answer all four alike.
 */
export const consumeOneTimeToken = async (
  ctx: Pick<Context, 'db' | 'now'>,
  kind: string,
  secret: string,
): Promise<Opened | null> => {
  const row = await tokens(ctx.db)
    .updateTable('one_time_tokens')
    .set({ consumed_at: ctx.now() })
    .where((where) => isOpen(where, secret, ctx.now()))
    .where('kind', '=', kind)
    .returning(['user_id', 'state'])
    .executeTakeFirst()
  return row ? opened(row) : null
}

/** Finds a token without consuming it, to refuse early before slow work. `consumeOneTimeToken` still decides. */
export const peekOneTimeToken = async (
  ctx: Pick<Context, 'db' | 'now'>,
  kind: string,
  secret: string,
): Promise<Opened | null> => {
  const row = await tokens(ctx.db)
    .selectFrom('one_time_tokens')
    .select(['user_id', 'state'])
    .where((where) => isOpen(where, secret, ctx.now()))
    .where('kind', '=', kind)
    .executeTakeFirst()
  return row ? opened(row) : null
}

/** The address an open token of any kind was mailed to, or null. It grants nothing. */
export const recipientOf = async (
  ctx: Pick<Context, 'db' | 'now'>,
  secret: string,
): Promise<string | null> => {
  const row = await tokens(ctx.db)
    .selectFrom('one_time_tokens')
    .select('recipient')
    .where((where) => isOpen(where, secret, ctx.now()))
    .executeTakeFirst()
  return row?.recipient ?? null
}

/** Voids open tokens, e.g. every reset link after the password changed. */
export const voidOneTimeTokens = async (
  ctx: Pick<Context, 'db' | 'now'>,
  kind: string,
  userId: string | null,
): Promise<void> => {
  await tokens(ctx.db)
    .updateTable('one_time_tokens')
    .set({ consumed_at: ctx.now() })
    .where('kind', '=', kind)
    .where('user_id', userId === null ? 'is' : '=', userId)
    .where('consumed_at', 'is', null)
    .execute()
}

/** Voids the one token that was issued under an id the caller chose. */
export const voidOneTimeToken = async (
  ctx: Pick<Context, 'db' | 'now'>,
  id: string,
): Promise<void> => {
  await tokens(ctx.db)
    .updateTable('one_time_tokens')
    .set({ consumed_at: ctx.now() })
    .where('id', '=', id)
    .where('consumed_at', 'is', null)
    .execute()
}

/** Run after a restore: a link that was used since the backup must not work again. Returns how many were open. */
export const voidAllOneTimeTokens = async (ctx: Pick<Context, 'db' | 'now'>): Promise<number> => {
  const result = await tokens(ctx.db)
    .updateTable('one_time_tokens')
    .set({ consumed_at: ctx.now() })
    .where('consumed_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

const perHourMax = 3
const perDayMax = 10

/**
 * Allows at most 3 mails an hour and 10 a day of one kind to one address, whichever caller asks. Called in the
 * transaction that then issues the token.
 */
export const mayMailAgain = async (
  ctx: Pick<Context, 'db' | 'now'>,
  kind: string,
  recipient: string,
): Promise<boolean> => {
  // Locked until the commit: twenty simultaneous requests would otherwise all count the same few rows.
  await lockInTransaction(ctx.db, Buffer.from(sha256(`${kind} ${recipient}`)).readInt32BE(0))
  const rows = await tokens(ctx.db)
    .selectFrom('one_time_tokens')
    .select('created_at')
    .where('recipient', '=', recipient)
    .where('kind', '=', kind)
    .where('created_at', '>', ctx.now() - dayMs)
    .limit(perDayMax)
    .execute()
  const lastHour = rows.filter((row) => row.created_at > ctx.now() - hourMs).length
  return rows.length < perDayMax && lastHour < perHourMax
}

/** Rows that can no longer be used are kept this long for inquiries, then deleted. */
export const deleteOldOneTimeTokens = async (
  ctx: Pick<Context, 'db' | 'now'>,
  signal?: AbortSignal,
): Promise<void> => {
  const before = ctx.now() - 30 * dayMs
  await deleteRows(tokens(ctx.db), {
    ...{ from: 'one_time_tokens', key: 'id', signal },
    where: (where) => where('expires_at', '<', before),
  })
}
