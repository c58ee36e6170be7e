import type { Db } from '@latchkey/kit'
import type { RecoveryTables } from './tables.ts'

const tables = (db: Db) => db.withTables<RecoveryTables>()

export const insertRecovery = async (db: Db, row: RecoveryTables['recoveries']): Promise<void> => {
  await tables(db).insertInto('recoveries').values(row).execute()
}

export const findOpen = (db: Db, userId: string) =>
  tables(db)
    .selectFrom('recoveries')
    .selectAll()
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()

/** Those under way among these people, at most one each. */
export const listOpen = async (
  db: Db,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly startedAt: number; readonly readyAt: number }>> => {
  if (userIds.length === 0) return new Map()
  const rows = await tables(db)
    .selectFrom('recoveries')
    .select(['user_id', 'started_at', 'ready_at'])
    .where('user_id', 'in', userIds)
    .where('ended_at', 'is', null)
    .execute()
  return new Map(
    rows.map((row) => [row.user_id, { startedAt: row.started_at, readyAt: row.ready_at }]),
  )
}

/** Ends the open one; of several at once exactly one gets it. */
export const endOpen = async (
  db: Db,
  userId: string,
  { at, reason }: { readonly at: number; readonly reason: string },
): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('recoveries')
    .set({ ended_at: at, end_reason: reason })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Run after a restore: a recovery stopped since the backup must not go on. Returns how many were open. */
export const endAllOpen = async (db: Db, at: number): Promise<number> => {
  const result = await tables(db)
    .updateTable('recoveries')
    .set({ ended_at: at, end_reason: 'restored' })
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

export const listDue = (db: Db, now: number, max: number) =>
  tables(db)
    .selectFrom('recoveries')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('mailed_at', 'is', null)
    .where('ready_at', '<=', now)
    .limit(max)
    .execute()

/** False when another process mails this one. */
export const markMailed = async (db: Db, id: string, at: number): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('recoveries')
    .set({ mailed_at: at })
    .where('id', '=', id)
    .where('mailed_at', 'is', null)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** A link that was not used in time ends its recovery: another one can be started. */
export const endUnused = async (db: Db, mailedBefore: number, at: number): Promise<void> => {
  await tables(db)
    .updateTable('recoveries')
    .set({ ended_at: at, end_reason: 'not used' })
    .where('ended_at', 'is', null)
    .where('mailed_at', '<', mailedBefore)
    .execute()
}
