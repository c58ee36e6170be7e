import type { Db } from '@latchkey/kit'
import { prepared } from '#platform/db/prepared.ts'
import type { RecoveryCodeTables } from './tables.ts'

const tables = (db: Db) => db.withTables<RecoveryCodeTables>()

export const replaceCodes = async (
  db: Db,
  userId: string,
  {
    codes,
    at,
  }: {
    readonly codes: readonly {
      readonly number: number
      readonly phc: string
      readonly pepperVersion: number
    }[]
    readonly at: number
  },
): Promise<void> => {
  await deleteCodes(db, userId)
  await tables(db)
    .insertInto('recovery_code_sets')
    .values({ user_id: userId, created_at: at, saved_at: null })
    .execute()
  await tables(db)
    .insertInto('recovery_codes')
    .values(
      codes.map((code) => ({
        user_id: userId,
        number: code.number,
        phc: code.phc,
        pepper_version: code.pepperVersion,
        used_at: null,
      })),
    )
    .execute()
}

export const deleteCodes = async (db: Db, userId: string): Promise<void> => {
  await tables(db).deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  await tables(db).deleteFrom('recovery_code_sets').where('user_id', '=', userId).execute()
}

const codeSetOf = prepared(1, (db, [userId]: readonly [string]) =>
  tables(db).selectFrom('recovery_code_sets').selectAll().where('user_id', '=', userId),
)

export const findCodeSet = async (db: Db, userId: string) => (await codeSetOf(db, userId))[0]

export const countUnusedCodes = async (db: Db, userId: string): Promise<number> => {
  const row = await tables(db)
    .selectFrom('recovery_codes')
    .select((select) => select.fn.countAll<number>().as('unused'))
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow()
  return row.unused
}

export const findUnusedCode = (db: Db, userId: string, number: number) =>
  tables(db)
    .selectFrom('recovery_codes')
    .select(['phc', 'pepper_version'])
    .where('user_id', '=', userId)
    .where('number', '=', number)
    .where('used_at', 'is', null)
    .executeTakeFirst()

/** Consumes a code, if it is still the checked one and still unused. */
export const spendCodeRow = async (
  db: Db,
  code: { userId: string; number: number; phc: string },
  at: number,
): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('recovery_codes')
    .set({ used_at: at })
    .where('user_id', '=', code.userId)
    .where('number', '=', code.number)
    .where('phc', '=', code.phc)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** A used code proves that the codes were saved. An earlier moment of such a proof stays. */
export const markKept = async (db: Db, userId: string, at: number): Promise<void> => {
  await tables(db)
    .updateTable('recovery_code_sets')
    .set({ saved_at: at })
    .where('user_id', '=', userId)
    .where('saved_at', 'is', null)
    .execute()
}

export const markSaved = async (db: Db, userId: string, at: number): Promise<void> => {
  await tables(db)
    .updateTable('recovery_code_sets')
    .set({ saved_at: at })
    .where('user_id', '=', userId)
    .execute()
}
