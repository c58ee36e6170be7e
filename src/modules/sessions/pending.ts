import type { Db } from '@latchkey/kit'
import { deleteRows } from '#platform/db/delete-rows.ts'
import type { PendingTables } from './tables.ts'

const tables = (db: Db) => db.withTables<PendingTables>()

export const insertPending = async (
  db: Db,
  row: PendingTables['pending_sign_ins'],
): Promise<void> => {
  await tables(db).insertInto('pending_sign_ins').values(row).execute()
}

export const findPending = (db: Db, tokenHash: Uint8Array, now: number) =>
  tables(db)
    .selectFrom('pending_sign_ins')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()

/** Counts an attempt before it is checked; undefined when none is left. Fifty simultaneous attempts count as fifty. */
export const takeTry = (db: Db, id: string, triesMax: number) =>
  tables(db)
    .updateTable('pending_sign_ins')
    .set((set) => ({ tries: set('tries', '+', 1) }))
    .where('id', '=', id)
    .where('tries', '<', triesMax)
    .where('ended_at', 'is', null)
    .returning(['tries'])
    .executeTakeFirst()

/** Ends the pending sign-in; of two simultaneous callers exactly one gets true. */
export const endPending = async (db: Db, id: string, at: number): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('pending_sign_ins')
    .set({ ended_at: at })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export const endPendingOf = async (db: Db, userId: string, at: number): Promise<void> => {
  await tables(db)
    .updateTable('pending_sign_ins')
    .set({ ended_at: at })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .execute()
}

/** After a restore. Returns how many waited. */
export const endAllPending = async (db: Db, at: number): Promise<number> => {
  const result = await tables(db)
    .updateTable('pending_sign_ins')
    .set({ ended_at: at })
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

export const deleteOldPending = async (
  db: Db,
  before: number,
  signal?: AbortSignal,
): Promise<void> => {
  await deleteRows(tables(db), {
    ...{ from: 'pending_sign_ins', key: 'id', signal },
    where: (where) => where('expires_at', '<', before),
  })
}
