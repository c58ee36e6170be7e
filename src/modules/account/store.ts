import type { Db } from '@latchkey/kit'
import type { PictureTables } from './tables.ts'

const tables = (db: Db) => db.withTables<PictureTables>()

export const savePicture = async (db: Db, row: PictureTables['pictures']): Promise<void> => {
  const { user_id: _, ...change } = row
  await tables(db)
    .insertInto('pictures')
    .values(row)
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(change))
    .execute()
}

export const deletePicture = async (db: Db, userId: string): Promise<boolean> => {
  const result = await tables(db)
    .deleteFrom('pictures')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

export const findPicture = (db: Db, userId: string) =>
  tables(db).selectFrom('pictures').selectAll().where('user_id', '=', userId).executeTakeFirst()
