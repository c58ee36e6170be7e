import type { Db } from '@latchkey/kit'
import type { PersonTables } from '#modules/person/api.ts'
import type { MomentCursor } from '#platform/paging/moment-cursor.ts'
import { pageByKey } from '#platform/paging/page-by-key.ts'
import type { InvitationTables } from './tables.ts'

type Row = InvitationTables['invitations']

const tables = (db: Db) => db.withTables<InvitationTables & Pick<PersonTables, 'people'>>()

export const findInvitation = (db: Db, of: { organisationId: string; id: string }) =>
  tables(db)
    .selectFrom('invitations')
    .selectAll()
    .where('organisation_id', '=', of.organisationId)
    .where('id', '=', of.id)
    .executeTakeFirst()

export const findInvitationTo = (db: Db, to: { organisationId: string; email: string }) =>
  tables(db)
    .selectFrom('invitations')
    .selectAll()
    .where('organisation_id', '=', to.organisationId)
    .where('email', '=', to.email)
    .executeTakeFirst()

export const insertInvitation = async (db: Db, row: Row): Promise<void> => {
  await tables(db).insertInto('invitations').values(row).execute()
}

/** Says whether it was still there. */
export const updateInvitation = async (
  db: Db,
  { id, ...change }: Omit<Row, 'organisation_id' | 'email'>,
): Promise<boolean> => {
  const result = await tables(db)
    .updateTable('invitations')
    .set(change)
    .where('id', '=', id)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Says whether it was still there. */
export const deleteInvitation = async (db: Db, id: string): Promise<boolean> => {
  const result = await tables(db).deleteFrom('invitations').where('id', '=', id).executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** Removes the invitation of a user who now has an account, whether or not they used it. */
export const deleteInvitationTo = async (
  db: Db,
  to: { organisationId: string; email: string },
): Promise<void> => {
  await tables(db)
    .deleteFrom('invitations')
    .where('organisation_id', '=', to.organisationId)
    .where('email', '=', to.email)
    .execute()
}

/** The latest first. */
export const listInvitations = (
  db: Db,
  page: {
    readonly organisationId: string
    readonly after: MomentCursor | null
    readonly limit: number
  },
) =>
  pageByKey(
    tables(db)
      .selectFrom('invitations')
      .leftJoin('people', 'people.id', 'invitations.invited_by')
      .selectAll('invitations')
      .select('people.name as inviter')
      .where('invitations.organisation_id', '=', page.organisationId),
    {
      by: ['invitations.sent_at', 'invitations.id'],
      direction: 'desc',
      after: page.after && [page.after.at, page.after.id],
      limit: page.limit,
    },
  ).execute()

/** After a restore the links are void; they can be sent again. Returns how many that were. */
export const expireInvitations = async (db: Db, at: number): Promise<number> => {
  const result = await tables(db)
    .updateTable('invitations')
    .set({ expires_at: at })
    .where('expires_at', '>', at)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
