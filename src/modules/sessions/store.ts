import type { Db } from '@latchkey/kit'
import { holderColumns, type PersonTables } from '#modules/person/api.ts'
import { deleteRows } from '#platform/db/delete-rows.ts'
import { skipLocked } from '#platform/db/dialect.ts'
import { prepared, preparedRecord } from '#platform/db/prepared.ts'
import type { MomentCursor } from '#platform/paging/moment-cursor.ts'
import { pageByKey } from '#platform/paging/page-by-key.ts'
import type { SessionTables } from './tables.ts'

export type SessionRow = SessionTables['sessions']

const tables = (db: Db) => db.withTables<SessionTables>()

/** The owner of this cookie: the query behind every request. One index look-up and two joins by primary key. */
export const findByTokenHash = prepared(1, (db, [tokenHash]: readonly [Uint8Array]) =>
  db
    .withTables<SessionTables & PersonTables>()
    .selectFrom('sessions')
    .innerJoin('people', 'people.id', 'sessions.user_id')
    .innerJoin('organisations', 'organisations.id', 'people.organisation_id')
    .select([
      'sessions.id',
      'sessions.user_id',
      'sessions.credential_epoch',
      'sessions.proven',
      'sessions.authenticated_at',
      'sessions.strong_at',
      'sessions.active_at',
      'sessions.idle_ms',
      'sessions.expires_at',
      'people.credential_epoch as person_epoch',
      ...holderColumns,
    ])
    .where('sessions.token_hash', '=', tokenHash)
    .where('sessions.ended_at', 'is', null),
)

export const insertSession = preparedRecord((db, row: SessionRow) =>
  tables(db).insertInto('sessions').values(row),
)

/** Open ones by last activity. `liveAt` cuts off those that ran out but were not yet marked. */
export const listOpenSessions = (
  db: Db,
  page: {
    readonly userId: string
    readonly liveAt: number
    readonly after: MomentCursor | null
    readonly limit: number
  },
) =>
  pageByKey(
    tables(db)
      .selectFrom('sessions')
      .leftJoin('known_devices', 'known_devices.id', 'sessions.device_id')
      .selectAll('sessions')
      .select('known_devices.first_seen_at')
      .where('sessions.user_id', '=', page.userId)
      .where('sessions.ended_at', 'is', null)
      .where('sessions.expires_at', '>', page.liveAt)
      .where((where) =>
        where(where('sessions.active_at', '+', where.ref('sessions.idle_ms')), '>', page.liveAt),
      ),
    {
      by: ['sessions.active_at', 'sessions.id'],
      direction: 'desc',
      after: page.after && [page.after.at, page.after.id],
      limit: page.limit,
    },
  ).execute()

export const countOpenSessions = async (
  db: Db,
  userId: string,
  liveAt: number,
): Promise<number> => {
  const row = await tables(db)
    .selectFrom('sessions')
    .select((select) => select.fn.countAll<number>().as('open'))
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', liveAt)
    .where((where) => where(where('active_at', '+', where.ref('idle_ms')), '>', liveAt))
    .executeTakeFirstOrThrow()
  return row.open
}

/** Undefined when it is not this person's, has ended, or ran out without being marked yet. */
export const renameSession = (
  db: Db,
  session: { readonly userId: string; readonly id: string },
  change: { readonly name: string | null; readonly at: number },
) =>
  tables(db)
    .updateTable('sessions')
    .set({ name: change.name, modified_at: change.at })
    .where('id', '=', session.id)
    .where('user_id', '=', session.userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', change.at)
    .where((where) => where(where('active_at', '+', where.ref('idle_ms')), '>', change.at))
    .returning(['id', 'name'])
    .executeTakeFirst()

type End = { readonly at: number; readonly reason: string }

/** Null when it is not this person's or not open. */
export const endSession = (
  db: Db,
  session: { readonly userId: string; readonly id: string },
  end: End,
) =>
  tables(db)
    .updateTable('sessions')
    .set({ ended_at: end.at, end_reason: end.reason, modified_at: end.at })
    .where('id', '=', session.id)
    .where('user_id', '=', session.userId)
    .where('ended_at', 'is', null)
    .returning(['id', 'browser', 'os'])
    .executeTakeFirst()

/** Ends all of a person's sessions but one (or none). Returns how many. */
export const endSessions = async (
  db: Db,
  { userId, exceptId }: { readonly userId: string; readonly exceptId: string | null },
  end: End,
): Promise<number> => {
  const result = await tables(db)
    .updateTable('sessions')
    .set({ ended_at: end.at, end_reason: end.reason, modified_at: end.at })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('id', '!=', exceptId ?? '')
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/** Run after a restore: ends the sessions of all users. Returns how many were open. */
export const endAllSessions = async (db: Db, end: End): Promise<number> => {
  const result = await tables(db)
    .updateTable('sessions')
    .set({ ended_at: end.at, end_reason: end.reason, modified_at: end.at })
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/** A new cookie value, and what was proven with it. `seenAt` guards against two at once: only one of them gets a row. */
export const rotateSession = async (
  db: Db,
  session: { readonly id: string; readonly seenAt: number | null },
  change: Pick<SessionRow, 'token_hash' | 'modified_at'> &
    Partial<
      Pick<
        SessionRow,
        | 'authenticated_at'
        | 'strong_at'
        | 'proven'
        | 'active_at'
        | 'expires_at'
        | 'credential_epoch'
      >
    >,
) =>
  tables(db)
    .updateTable('sessions')
    .set(change)
    .where('id', '=', session.id)
    .where('ended_at', 'is', null)
    .$if(session.seenAt !== null, (query) =>
      query.where('authenticated_at', '=', session.seenAt ?? 0),
    )
    .returning(['expires_at', 'keep_signed_in_at', 'device_id'])
    .executeTakeFirst()

/** Newer than what is noted, at most once a minute: the condition makes simultaneous requests write once. */
export const touchSession = prepared(
  3,
  (db, [id, at, notedBefore]: readonly [string, number, number]) =>
    tables(db)
      .updateTable('sessions')
      .set({ active_at: at })
      .where(
        'id',
        'in',
        skipLocked(
          db,
          tables(db)
            .selectFrom('sessions')
            .select('id')
            .where('id', '=', id)
            .where('active_at', '<', notedBefore),
        ),
      ),
)

export const findSession = (db: Db, id: string) =>
  tables(db)
    .selectFrom('sessions')
    .leftJoin('known_devices', 'known_devices.id', 'sessions.device_id')
    .selectAll('sessions')
    .select('known_devices.first_seen_at')
    .where('sessions.id', '=', id)
    .executeTakeFirst()

/** Marked as ended at this moment or later, whoever's they are. */
export const listEndedSince = prepared(1, (db, [since]: readonly [number]) =>
  tables(db).selectFrom('sessions').select('id').where('ended_at', '>=', since),
)

/** Which of these are still usable; for open pages. */
export const listUsable = async (
  db: Db,
  ids: readonly string[],
  liveAt: number,
): Promise<ReadonlySet<string>> => {
  const rows = await db
    .withTables<SessionTables & PersonTables>()
    .selectFrom('sessions')
    .innerJoin('people', 'people.id', 'sessions.user_id')
    .select('sessions.id')
    .where('sessions.id', 'in', ids)
    .where('sessions.ended_at', 'is', null)
    .where('people.disabled_at', 'is', null)
    .whereRef('sessions.credential_epoch', '=', 'people.credential_epoch')
    .where('sessions.expires_at', '>', liveAt)
    .where((where) =>
      where(where('sessions.active_at', '+', where.ref('sessions.idle_ms')), '>', liveAt),
    )
    .execute()
  return new Set(rows.map((row) => row.id))
}

/** Ended and expired sessions are kept for inquiries, then deleted. */
export const deleteOldSessions = async (
  db: Db,
  before: number,
  signal?: AbortSignal,
): Promise<void> => {
  await deleteRows(tables(db), {
    ...{ from: 'sessions', key: 'id', signal },
    where: (where) => where('expires_at', '<', before),
  })
  await deleteRows(tables(db), {
    ...{ from: 'known_devices', key: 'id', signal },
    where: (where) => where('last_seen_at', '<', before),
  })
}
