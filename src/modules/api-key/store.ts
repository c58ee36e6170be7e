import type { Db } from '@latchkey/kit'
import { holderColumns, type PersonTables } from '#modules/person/api.ts'
import { deleteRows } from '#platform/db/delete-rows.ts'
import { skipLocked } from '#platform/db/dialect.ts'
import { prepared } from '#platform/db/prepared.ts'
import type { ApiKeyTables } from './tables.ts'

export type ApiKeyRow = ApiKeyTables['api_keys']

const tables = (db: Db) => db.withTables<ApiKeyTables>()

/** The person this key belongs to: one index look-up and two joins by primary key. */
export const findByKeyHash = prepared(1, (db, [keyHash]: readonly [Uint8Array]) =>
  db
    .withTables<ApiKeyTables & PersonTables>()
    .selectFrom('api_keys')
    .innerJoin('people', 'people.id', 'api_keys.user_id')
    .innerJoin('organisations', 'organisations.id', 'people.organisation_id')
    .select([
      'api_keys.id',
      'api_keys.user_id',
      'api_keys.last_four',
      'api_keys.ends_at',
      'api_keys.last_used_at',
      ...holderColumns,
    ])
    .where('api_keys.key_hash', '=', keyHash),
)

export const noteUse = prepared(
  5,
  (db, [id, at, address, agent, notedBefore]: readonly [string, number, string, string, number]) =>
    tables(db)
      .updateTable('api_keys')
      .set({ last_used_at: at, last_used_address: address, last_used_agent: agent })
      .where(
        'id',
        'in',
        skipLocked(
          db,
          tables(db)
            .selectFrom('api_keys')
            .select('id')
            .where('id', '=', id)
            .where((where) =>
              where.or([
                where('last_used_at', 'is', null),
                where('last_used_at', '<', notedBefore),
              ]),
            ),
        ),
      ),
)

/** The key and the one it replaced: two rows at the most. */
export const findOwnKeys = (db: Db, userId: string): Promise<ApiKeyRow[]> =>
  tables(db).selectFrom('api_keys').selectAll().where('user_id', '=', userId).execute()

export const insertKey = async (db: Db, row: ApiKeyRow): Promise<void> => {
  await tables(db).insertInto('api_keys').values(row).execute()
}

export const deleteReplaced = async (db: Db, userId: string): Promise<void> => {
  await tables(db)
    .deleteFrom('api_keys')
    .where('user_id', '=', userId)
    .where('standing', '=', 'replaced')
    .execute()
}

type Which = { readonly userId: string; readonly id: string }

/** False when this is no longer the person's key: another request was first. */
export const retire = async (db: Db, which: Which, endsAt: number): Promise<boolean> => {
  const row = await tables(db)
    .updateTable('api_keys')
    // A replaced key is never shown again, so its sealed copy is deleted.
    .set({ standing: 'replaced', ends_at: endsAt, sealed: null })
    .where('id', '=', which.id)
    .where('user_id', '=', which.userId)
    .where('standing', '=', 'current')
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Deletes the key and the one it replaced. Returns those that still worked. */
export const deleteOwnKeys = async (db: Db, userId: string, now: number) => {
  const gone = await tables(db)
    .deleteFrom('api_keys')
    .where('user_id', '=', userId)
    .returning(['id', 'last_four', 'standing', 'ends_at'])
    .execute()
  return gone.filter(({ ends_at }) => ends_at === null || ends_at > now)
}

/** For a leaked key: a caller that shows it may end it. */
export const deleteByHash = (db: Db, keyHash: Uint8Array, now: number) =>
  tables(db)
    .deleteFrom('api_keys')
    .where('key_hash', '=', keyHash)
    .where((where) => where.or([where('ends_at', 'is', null), where('ends_at', '>', now)]))
    .returning(['id', 'last_four', 'user_id', 'last_used_at', 'last_used_address'])
    .executeTakeFirst()

/** False when it was not there. */
export const deleteById = async (db: Db, id: string): Promise<boolean> => {
  const gone = await tables(db)
    .deleteFrom('api_keys')
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  return gone !== undefined
}

export const deleteEnded = async (db: Db, now: number, signal?: AbortSignal): Promise<void> => {
  await deleteRows(tables(db), {
    ...{ from: 'api_keys', key: 'id', signal },
    where: (where) => where('ends_at', '<=', now),
  })
}
