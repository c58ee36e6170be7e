import type { Context, Db, Migrations } from '@latchkey/kit'
import { dayMs } from '../clock/moment.ts'
import { deleteRows } from '../db/delete-rows.ts'

type Tables = {
  idempotency_keys: {
    /** Keyed hash of person, organisation, operation and key. The key itself is not stored. */
    id: string
    user_id: string
    /** Keyed hash of method, path and input, which may hold a password. */
    fingerprint: Uint8Array
    /** Claim of the call that runs it: only the call with this value may write the answer. */
    claim: string
    claimed_at: number
    expires_at: number
    /** Null while the call runs. */
    status: number | null
    /** Sealed; null when the answer was too large to keep. */
    body: Uint8Array | null
  }
}

export const migrations: Migrations = {
  '202611231300_idempotency_keys': async (db, columns) => {
    await db.schema
      .createTable('idempotency_keys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('fingerprint', columns.secret as 'bytea', (column) => column.notNull())
      .addColumn('claim', 'text', (column) => column.notNull())
      .addColumn('claimed_at', columns.moment, (column) => column.notNull())
      .addColumn('expires_at', columns.moment, (column) => column.notNull())
      .addColumn('status', 'integer')
      .addColumn('body', columns.secret as 'bytea')
      .execute()
    await db.schema
      .createIndex('idempotency_keys_person')
      .on('idempotency_keys')
      .columns(['user_id', 'expires_at'])
      .execute()
    await db.schema
      .createIndex('idempotency_keys_expiry')
      .on('idempotency_keys')
      .column('expires_at')
      .execute()
  },
}

const lifeMs = dayMs
/** Longer than any call takes: a page stops waiting after 30 seconds. */
export const leaseMs = 60_000
/** Answers kept for one person. Beyond it the oldest are deleted before their day is over. */
export const keptMax = 1000

const keys = (db: Db) => db.withTables<Tables>()

export type Claim = {
  readonly id: string
  readonly userId: string
  readonly fingerprint: Uint8Array
  readonly claim: string
  /** True when a run that never ended left no effect, so that another may replace it. */
  readonly isRepeatable: boolean
}

/** True for exactly one of any number of simultaneous callers, which then owns the row until its lease ends. */
export const insertClaim = async (db: Db, claim: Claim, now: number): Promise<boolean> => {
  const row = await keys(db)
    .insertInto('idempotency_keys')
    .values({
      id: claim.id,
      user_id: claim.userId,
      fingerprint: claim.fingerprint,
      claim: claim.claim,
      claimed_at: now,
      expires_at: now + lifeMs,
      status: null,
      body: null,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((set) => ({
          fingerprint: set.ref('excluded.fingerprint'),
          claim: set.ref('excluded.claim'),
          claimed_at: set.ref('excluded.claimed_at'),
          expires_at: set.ref('excluded.expires_at'),
          status: null,
          body: null,
        }))
        .where((where) => {
          const isOver = where('idempotency_keys.expires_at', '<=', now)
          if (!claim.isRepeatable) return isOver
          const isAbandoned = where.and([
            where('idempotency_keys.status', 'is', null),
            where('idempotency_keys.claimed_at', '<=', now - leaseMs),
            where('idempotency_keys.fingerprint', '=', claim.fingerprint),
          ])
          return where.or([isOver, isAbandoned])
        }),
    )
    .returning('claim')
    .executeTakeFirst()
  return row !== undefined
}

export const findKept = (db: Db, id: string) =>
  keys(db).selectFrom('idempotency_keys').selectAll().where('id', '=', id).executeTakeFirst()

type Answered = { readonly status: number; readonly body: Uint8Array | null }

/** False when the lease ended meanwhile and another call has taken over. */
export const saveAnswer = async (
  db: Db,
  { id, claim }: Pick<Claim, 'id' | 'claim'>,
  answered: Answered,
): Promise<boolean> => {
  const { numUpdatedRows } = await keys(db)
    .updateTable('idempotency_keys')
    .set(answered)
    .where('id', '=', id)
    .where('claim', '=', claim)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export const dropClaim = async (
  db: Db,
  { id, claim }: Pick<Claim, 'id' | 'claim'>,
): Promise<void> => {
  await keys(db)
    .deleteFrom('idempotency_keys')
    .where('id', '=', id)
    .where('claim', '=', claim)
    .where('status', 'is', null)
    .execute()
}

/** Answers of one person beyond the limit, oldest first, at most a hundred, and never one whose call still runs. */
export const dropSurplus = async (db: Db, userId: string): Promise<void> => {
  await keys(db)
    .deleteFrom('idempotency_keys')
    .where('status', 'is not', null)
    .where('id', 'in', (from) =>
      from
        .selectFrom('idempotency_keys')
        .select('id')
        .where('user_id', '=', userId)
        .orderBy('expires_at', 'desc')
        .limit(100)
        .offset(keptMax),
    )
    .execute()
}

export const deleteOldIdempotencyKeys = async (
  ctx: Pick<Context, 'db' | 'now'>,
  signal?: AbortSignal,
): Promise<void> => {
  const now = ctx.now()
  await deleteRows(keys(ctx.db), {
    ...{ from: 'idempotency_keys', key: 'id', signal },
    where: (where) => where('expires_at', '<=', now),
  })
}
