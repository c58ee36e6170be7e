import type { Db } from '@latchkey/kit'
import type { ExpressionBuilder } from 'kysely'
import { holderColumns, type PersonTables } from '#modules/person/api.ts'
import { deleteRows } from '#platform/db/delete-rows.ts'
import { skipLocked } from '#platform/db/dialect.ts'
import { prepared } from '#platform/db/prepared.ts'
import { pageByKey } from '#platform/paging/page-by-key.ts'
import type { TokenTables } from './tables.ts'

export type TokenRow = TokenTables['access_tokens']
type Where = ExpressionBuilder<TokenTables, 'access_tokens'>

const tables = (db: Db) => db.withTables<TokenTables>()

/** The person this token belongs to: one index look-up and two joins by primary key. */
export const findByTokenHash = prepared(1, (db, [tokenHash]: readonly [Uint8Array]) =>
  db
    .withTables<TokenTables & PersonTables>()
    .selectFrom('access_tokens')
    .innerJoin('people', 'people.id', 'access_tokens.user_id')
    .innerJoin('organisations', 'organisations.id', 'people.organisation_id')
    .select([
      'access_tokens.id',
      'access_tokens.user_id',
      'access_tokens.scopes',
      'access_tokens.expires_at',
      'access_tokens.last_used_at',
      ...holderColumns,
    ])
    .where('access_tokens.token_hash', '=', tokenHash)
    .where('access_tokens.revoked_at', 'is', null),
)

export const noteUse = prepared(
  5,
  (db, [id, at, address, agent, notedBefore]: readonly [string, number, string, string, number]) =>
    tables(db)
      .updateTable('access_tokens')
      .set({ last_used_at: at, last_used_address: address, last_used_agent: agent })
      .where(
        'id',
        'in',
        skipLocked(
          db,
          tables(db)
            .selectFrom('access_tokens')
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

export const insertToken = async (db: Db, row: TokenRow): Promise<void> => {
  await tables(db).insertInto('access_tokens').values(row).execute()
}

const isLive = (where: Where, now: number) =>
  where.and([
    where('revoked_at', 'is', null),
    where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]),
  ])

const endedSince = (where: Where, now: number, since: number) =>
  where.or([
    where('revoked_at', '>', since),
    where.and([
      where('revoked_at', 'is', null),
      where('expires_at', '<=', now),
      where('expires_at', '>', since),
    ]),
  ])

export const countLive = async (db: Db, userId: string, now: number): Promise<number> => {
  const row = await tables(db)
    .selectFrom('access_tokens')
    .select((select) => select.fn.countAll<number>().as('live'))
    .where('user_id', '=', userId)
    .where((where) => isLive(where, now))
    .executeTakeFirstOrThrow()
  return row.live
}

/** Newest first: ids are ordered by time. */
export const listTokens = (
  db: Db,
  page: {
    readonly userId: string
    readonly state: 'all' | 'active' | 'ended'
    readonly now: number
    /** Tokens that ended before are not listed. */
    readonly endedSince: number
    readonly after: string | undefined
    readonly limit: number
  },
): Promise<TokenRow[]> =>
  pageByKey(
    tables(db)
      .selectFrom('access_tokens')
      .selectAll()
      .where('user_id', '=', page.userId)
      .where((where) => {
        const [live, ended] = [
          isLive(where, page.now),
          endedSince(where, page.now, page.endedSince),
        ]
        return { all: where.or([live, ended]), active: live, ended }[page.state]
      }),
    {
      by: ['id'],
      direction: 'desc',
      after: page.after === undefined ? null : [page.after],
      limit: page.limit,
    },
  ).execute()

/** Null when it is not this person's or no longer works. */
export const revokeToken = (
  db: Db,
  which: { readonly userId: string; readonly id: string },
  now: number,
) =>
  tables(db)
    .updateTable('access_tokens')
    .set({ revoked_at: now, revoke_reason: 'revoked' })
    .where('id', '=', which.id)
    .where('user_id', '=', which.userId)
    .where((where) => isLive(where, now))
    .returning(['id', 'name'])
    .executeTakeFirst()

/** For a leaked token: a caller that shows it may end it. */
export const revokeByHash = (db: Db, tokenHash: Uint8Array, now: number) =>
  tables(db)
    .updateTable('access_tokens')
    .set({ revoked_at: now, revoke_reason: 'leaked' })
    .where('token_hash', '=', tokenHash)
    .where((where) => isLive(where, now))
    .returning(['id', 'name', 'user_id'])
    .executeTakeFirst()

/** Ends all working tokens of a person whose account was recovered. */
export const revokeAll = (db: Db, userId: string, now: number) =>
  tables(db)
    .updateTable('access_tokens')
    .set({ revoked_at: now, revoke_reason: 'recovered' })
    .where('user_id', '=', userId)
    .where((where) => isLive(where, now))
    .returning(['id', 'name'])
    .execute()

/** For the operator on the machine. Null when there is none, or it no longer works. */
export const revokeById = (db: Db, id: string, now: number) =>
  tables(db)
    .updateTable('access_tokens')
    .set({ revoked_at: now, revoke_reason: 'revoked' })
    .where('id', '=', id)
    .where((where) => isLive(where, now))
    .returning(['id', 'name', 'user_id'])
    .executeTakeFirst()

/** Of several simultaneous callers only the first gets the row; the others see that it is replaced. */
export const claimForRotation = (
  db: Db,
  which: { readonly userId: string; readonly id: string },
  { replacedBy, now }: { readonly replacedBy: string; readonly now: number },
) =>
  tables(db)
    .updateTable('access_tokens')
    .set({ replaced_by: replacedBy })
    .where('id', '=', which.id)
    .where('user_id', '=', which.userId)
    .where('replaced_by', 'is', null)
    .where((where) => isLive(where, now))
    .returningAll()
    .executeTakeFirst()

export const endRotated = async (
  db: Db,
  id: string,
  end: Pick<TokenRow, 'expires_at' | 'revoked_at' | 'revoke_reason'>,
): Promise<void> => {
  await tables(db).updateTable('access_tokens').set(end).where('id', '=', id).execute()
}

export const findOwnToken = (db: Db, which: { readonly userId: string; readonly id: string }) =>
  tables(db)
    .selectFrom('access_tokens')
    .selectAll()
    .where('id', '=', which.id)
    .where('user_id', '=', which.userId)
    .executeTakeFirst()

export const findByHash = (db: Db, tokenHash: Uint8Array) =>
  tables(db)
    .selectFrom('access_tokens')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()

/** In use, ending before `until`, and last reminded of at `reminded` days. The index begins with that: most were reminded. */
export const listToRemind = (
  db: Db,
  {
    reminded,
    until,
    since,
    limit,
  }: Record<'until' | 'since' | 'limit', number> & { readonly reminded: number | null },
) =>
  tables(db)
    .selectFrom('access_tokens')
    .select(['id', 'user_id', 'name', 'expires_at'])
    .where('reminded_days', reminded === null ? 'is' : '=', reminded)
    .where('expires_at', '<=', until)
    .where('expires_at', '>', since)
    .where('revoked_at', 'is', null)
    .where('replaced_by', 'is', null)
    .orderBy('expires_at')
    .limit(limit)
    .execute()

/** False when another process was first. */
export const claimReminder = async (db: Db, id: string, days: number): Promise<boolean> => {
  const row = await tables(db)
    .updateTable('access_tokens')
    .set({ reminded_days: days })
    .where('id', '=', id)
    .where((where) =>
      where.or([where('reminded_days', 'is', null), where('reminded_days', '>', days)]),
    )
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** One column at a time: with "or" between them, no index would serve. */
export const deleteEnded = async (db: Db, before: number, signal?: AbortSignal): Promise<void> => {
  for (const column of ['revoked_at', 'expires_at'] as const)
    await deleteRows(tables(db), {
      ...{ from: 'access_tokens', key: 'id', signal },
      where: (where) => where(column, '<', before),
    })
}
