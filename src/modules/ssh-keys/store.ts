import type { Db } from '@latchkey/kit'
import type { PersonTables } from '#modules/person/api.ts'
import { skipLocked } from '#platform/db/dialect.ts'
import { prepared } from '#platform/db/prepared.ts'
import type { MomentCursor } from '#platform/paging/moment-cursor.ts'
import { pageByKey } from '#platform/paging/page-by-key.ts'
import type { SshKeyTables } from './tables.ts'

export type SshKeyRow = SshKeyTables['ssh_keys']

const tables = (db: Db) => db.withTables<SshKeyTables>()

/** Newest first. */
export const listSshKeys = (
  db: Db,
  page: {
    readonly userId: string
    readonly after: MomentCursor | null
    readonly limit: number
  },
) =>
  pageByKey(tables(db).selectFrom('ssh_keys').selectAll().where('user_id', '=', page.userId), {
    by: ['created_at', 'id'],
    direction: 'desc',
    after: page.after && [page.after.at, page.after.id],
    limit: page.limit,
  }).execute()

export const countSshKeys = async (db: Db, userId: string): Promise<number> => {
  const row = await tables(db)
    .selectFrom('ssh_keys')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return row.count
}

/** Without those that have expired. */
export const countPublishable = async (db: Db, userId: string, now: number): Promise<number> => {
  const row = await tables(db)
    .selectFrom('ssh_keys')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .executeTakeFirstOrThrow()
  return row.count
}

export const insertSshKey = async (db: Db, row: SshKeyRow): Promise<void> => {
  await tables(db).insertInto('ssh_keys').values(row).execute()
}

export const findOwnerOf = async (db: Db, fingerprint: string): Promise<string | null> => {
  const row = await tables(db)
    .selectFrom('ssh_keys')
    .select('user_id')
    .where('fingerprint', '=', fingerprint)
    .executeTakeFirst()
  return row?.user_id ?? null
}

type Which = { readonly userId: string; readonly id: string }

export const findOwnSshKey = (db: Db, { userId, id }: Which): Promise<SshKeyRow | undefined> =>
  tables(db)
    .selectFrom('ssh_keys')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst()

export const updateSshKey = async (
  db: Db,
  { userId, id }: Which,
  next: Pick<SshKeyRow, 'title' | 'expires_at'>,
): Promise<void> => {
  await tables(db)
    .updateTable('ssh_keys')
    .set(next)
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .execute()
}

/** After a restore: it ends now, unless it would sooner. Returns how many of them were there and alive. */
export const expireSshKeys = async (
  db: Db,
  ids: readonly string[],
  now: number,
): Promise<number> => {
  let ended = 0
  for (const id of ids) {
    const result = await tables(db)
      .updateTable('ssh_keys')
      .set({ expires_at: now })
      .where('id', '=', id)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
      .executeTakeFirst()
    ended += Number(result.numUpdatedRows)
  }
  return ended
}

/** Undefined when it is not this person's. */
export const deleteSshKey = (db: Db, userId: string, id: string) =>
  tables(db)
    .deleteFrom('ssh_keys')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .returning(['title', 'type', 'fingerprint'])
    .executeTakeFirst()

/** All of a person whose account was recovered. */
export const deleteOwnSshKeys = (db: Db, userId: string) =>
  tables(db)
    .deleteFrom('ssh_keys')
    .where('user_id', '=', userId)
    .returning(['id', 'title', 'type', 'fingerprint'])
    .execute()

/** Run after a restore: deletes these keys of all users. Returns how many existed. */
export const deleteSshKeys = async (db: Db, ids: readonly string[]): Promise<number> => {
  let gone = 0
  for (const id of ids) {
    const result = await tables(db).deleteFrom('ssh_keys').where('id', '=', id).executeTakeFirst()
    gone += Number(result.numDeletedRows)
  }
  return gone
}

/** What servers are told: one look-up, so that no name, no keys and a disabled account are the same to the outside. */
export const listPublished = (
  db: Db,
  asked: {
    readonly username: string
    readonly fingerprint: string | undefined
    readonly liveAt: number
    readonly limit: number
  },
) =>
  db
    .withTables<SshKeyTables & PersonTables>()
    .selectFrom('ssh_keys')
    .innerJoin('people', 'people.id', 'ssh_keys.user_id')
    .select(['ssh_keys.id', 'ssh_keys.line', 'ssh_keys.title', 'ssh_keys.last_used_at'])
    .where('people.username', '=', asked.username)
    .where('people.disabled_at', 'is', null)
    .where((where) =>
      where.or([
        where('ssh_keys.expires_at', 'is', null),
        where('ssh_keys.expires_at', '>', asked.liveAt),
      ]),
    )
    .$if(asked.fingerprint !== undefined, (query) =>
      query.where('ssh_keys.fingerprint', '=', asked.fingerprint ?? ''),
    )
    .orderBy('ssh_keys.created_at')
    .orderBy('ssh_keys.id')
    .limit(asked.limit)
    .execute()

export const noteUse = prepared(3, (db, [id, at, notedBefore]: readonly [string, number, number]) =>
  tables(db)
    .updateTable('ssh_keys')
    .set({ last_used_at: at })
    .where(
      'id',
      'in',
      skipLocked(
        db,
        tables(db)
          .selectFrom('ssh_keys')
          .select('id')
          .where('id', '=', id)
          .where((where) =>
            where.or([where('last_used_at', 'is', null), where('last_used_at', '<', notedBefore)]),
          ),
      ),
    ),
)
