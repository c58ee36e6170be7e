import type { Db } from '@latchkey/kit'
import { deleteRows } from '#platform/db/delete-rows.ts'
import type { NoticeTables } from './tables.ts'

const tables = (db: Db) => db.withTables<NoticeTables>()

export type Notice = { readonly subject: string; readonly at: number; readonly everyMs: number }

/** Only reads, so that a check before the time does not wait for the write lock. */
export const isDue = async (db: Db, { subject, at, everyMs }: Notice): Promise<boolean> => {
  const row = await tables(db)
    .selectFrom('key_notices')
    .select('at')
    .where('subject', '=', subject)
    .executeTakeFirst()
  return row === undefined || row.at <= at - everyMs
}

/** Of several simultaneous callers exactly one gets true; afterwards all get false until `everyMs` have passed. */
export const claimNotice = async (db: Db, { subject, at, everyMs }: Notice): Promise<boolean> => {
  const row = await tables(db)
    .insertInto('key_notices')
    .values({ subject, at })
    .onConflict((conflict) =>
      conflict
        .column('subject')
        .doUpdateSet({ at })
        .where('key_notices.at', '<=', at - everyMs),
    )
    .returning('subject')
    .executeTakeFirst()
  return row !== undefined
}

export const deleteNotices = async (
  db: Db,
  before: number,
  signal?: AbortSignal,
): Promise<void> => {
  await deleteRows(tables(db), {
    ...{ from: 'key_notices', key: 'subject', signal },
    where: (where) => where('at', '<', before),
  })
}
