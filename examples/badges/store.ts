import type { Db } from '@latchkey/kit'
import { type MomentCursor, pageByKey, type StoredPassword } from '@latchkey/kit/server'
import type { BadgeTables } from './tables.ts'

export type BadgeRow = BadgeTables['badges']

const tables = (db: Db) => db.withTables<BadgeTables>()

/** Newest first, one more than `limit`. */
export const listBadges = (
  db: Db,
  page: { readonly userId: string; readonly after: MomentCursor | null; readonly limit: number },
) =>
  pageByKey(tables(db).selectFrom('badges').selectAll().where('user_id', '=', page.userId), {
    by: ['created_at', 'id'],
    direction: 'desc',
    after: page.after && [page.after.at, page.after.id],
    limit: page.limit,
  }).execute()

export const countBadges = async (db: Db, userId: string): Promise<number> => {
  const row = await tables(db)
    .selectFrom('badges')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return row.count
}

export const insertBadge = async (db: Db, row: BadgeRow): Promise<void> => {
  await tables(db).insertInto('badges').values(row).execute()
}

/** Undefined when it is not this person's. */
export const deleteBadge = (db: Db, userId: string, id: string) =>
  tables(db)
    .deleteFrom('badges')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .returning('number')
    .executeTakeFirst()

export const findPin = async (db: Db, userId: string): Promise<StoredPassword | null> => {
  const row = await tables(db)
    .selectFrom('badge_pins')
    .select(['pin_hash', 'pepper_version'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row ? { phc: row.pin_hash, pepperVersion: row.pepper_version } : null
}

export const putPin = async (
  db: Db,
  userId: string,
  pin: { readonly stored: StoredPassword; readonly at: number },
): Promise<void> => {
  const next = {
    pin_hash: pin.stored.phc,
    pepper_version: pin.stored.pepperVersion,
    created_at: pin.at,
  }
  await tables(db)
    .insertInto('badge_pins')
    .values({ user_id: userId, ...next })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(next))
    .execute()
}

/** Whether there was one. */
export const deletePin = async (db: Db, userId: string): Promise<boolean> => {
  const gone = await tables(db)
    .deleteFrom('badge_pins')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return gone.numDeletedRows > 0n
}
