import type { Db } from '@latchkey/kit'
import type { PersonTables } from '#modules/person/api.ts'
import { pageByKey } from '#platform/paging/page-by-key.ts'

const tables = (db: Db) => db.withTables<PersonTables>()

export const listPeople = (
  db: Db,
  page: {
    readonly organisationId: string
    readonly after: { name: string; id: string } | null
    readonly limit: number
  },
) =>
  pageByKey(
    tables(db).selectFrom('people').selectAll().where('organisation_id', '=', page.organisationId),
    {
      by: ['name', 'id'],
      direction: 'asc',
      after: page.after && [page.after.name, page.after.id],
      limit: page.limit,
    },
  ).execute()

/** Owners who can still sign in, locked so that two removals at once cannot each count the other. */
export const lockActiveOwners = async (
  db: Db,
  organisationId: string,
): Promise<readonly string[]> => {
  const owners = await tables(db)
    .updateTable('people')
    // Changes nothing; takes the rows' locks on either engine, which a plain select does not.
    .set((set) => ({ role: set.ref('role') }))
    .where('organisation_id', '=', organisationId)
    .where('role', '=', 'owner')
    .where('disabled_at', 'is', null)
    .returning('id')
    .execute()
  return owners.map((owner) => owner.id)
}
