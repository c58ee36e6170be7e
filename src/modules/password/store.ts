import type { Db } from '@latchkey/kit'
import type { StoredPassword } from '#platform/crypto/password-hash.ts'
import { prepared } from '#platform/db/prepared.ts'
import type { PasswordTables } from './tables.ts'

const tables = (db: Db) => db.withTables<PasswordTables>()

const byPerson = prepared(1, (db, [userId]: readonly [string]) =>
  tables(db)
    .selectFrom('passwords')
    .select(['phc', 'pepper_version'])
    .where('user_id', '=', userId),
)

export const findPassword = async (db: Db, userId: string): Promise<StoredPassword | null> => {
  const [row] = await byPerson(db, userId)
  return row ? { phc: row.phc, pepperVersion: row.pepper_version } : null
}

export const savePassword = async (
  db: Db,
  {
    userId,
    stored,
    at,
  }: { readonly userId: string; readonly stored: StoredPassword; readonly at: number },
): Promise<void> => {
  const value = { phc: stored.phc, pepper_version: stored.pepperVersion, changed_at: at }
  await tables(db)
    .insertInto('passwords')
    .values({ user_id: userId, ...value })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(value))
    .execute()
}

/** Replaces the hash only if it is still the checked one: of two simultaneous changes exactly one wins. */
export const replacePassword = async (
  db: Db,
  change: {
    readonly userId: string
    readonly checked: StoredPassword
    readonly next: StoredPassword
    readonly at: number
  },
): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('passwords')
    .set({ phc: change.next.phc, pepper_version: change.next.pepperVersion, changed_at: change.at })
    .where('user_id', '=', change.userId)
    .where('phc', '=', change.checked.phc)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export const hasPassword = async (db: Db, userId: string): Promise<boolean> =>
  (await findPassword(db, userId)) !== null
