import type { Db } from '@latchkey/kit'
import type { Updateable } from 'kysely'
import { prepared } from '#platform/db/prepared.ts'
import type { PersonTables } from './tables.ts'

type Row = PersonTables['people']

const tables = (db: Db) => db.withTables<PersonTables>()

export const insertOrganisation = async (
  db: Db,
  row: PersonTables['organisations'],
): Promise<void> => {
  await tables(db).insertInto('organisations').values(row).execute()
}

export const findOrganisation = (db: Db, id: string) =>
  tables(db).selectFrom('organisations').selectAll().where('id', '=', id).executeTakeFirst()

/** An installation has one; null until it is set up. */
export const findOnlyOrganisation = (db: Db) =>
  tables(db)
    .selectFrom('organisations')
    .selectAll()
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst()

/** The name people know the installation by; null until it is set up. */
export const organisationName = async (db: Db): Promise<string | null> =>
  (await findOnlyOrganisation(db))?.name ?? null

export const insertPerson = async (db: Db, row: Row): Promise<void> => {
  await tables(db).insertInto('people').values(row).execute()
}

const byId = prepared(1, (db, [id]: readonly [string]) =>
  tables(db).selectFrom('people').selectAll().where('id', '=', id),
)

export const findPersonById = async (db: Db, id: string) => (await byId(db, id))[0]

const byEmail = prepared(1, (db, [email]: readonly [string]) =>
  tables(db).selectFrom('people').selectAll().where('email', '=', email),
)

export const findPersonByEmail = async (db: Db, email: string) => (await byEmail(db, email))[0]

export const updatePerson = async (db: Db, id: string, change: Updateable<Row>): Promise<void> => {
  await tables(db).updateTable('people').set(change).where('id', '=', id).execute()
}

/** The owner of this username. A free one is claimed for `claim.user_id`: of any number of simultaneous claims one wins. */
export const claimUsername = async (db: Db, claim: PersonTables['usernames']): Promise<string> => {
  await tables(db)
    .insertInto('usernames')
    .values(claim)
    .onConflict((conflict) => conflict.column('username').doNothing())
    .execute()
  const { user_id } = await tables(db)
    .selectFrom('usernames')
    .select('user_id')
    .where('username', '=', claim.username)
    .executeTakeFirstOrThrow()
  return user_id
}

/** How many usernames a person has had, including the present one. */
export const countUsernames = async (db: Db, userId: string): Promise<number> => {
  const row = await tables(db)
    .selectFrom('usernames')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow()
  return row.count
}

export const raiseEpoch = async (db: Db, id: string): Promise<void> => {
  await tables(db)
    .updateTable('people')
    .set((set) => ({ credential_epoch: set('credential_epoch', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

const lockById = prepared(1, (db, [id]: readonly [string]) =>
  tables(db)
    .updateTable('people')
    // Changes nothing; takes the row's lock on either engine, which a plain select does not.
    .set((set) => ({ role: set.ref('role') }))
    .where('id', '=', id)
    .returning(['credential_epoch', 'disabled_at']),
)

/**
 * The person's row, locked until the transaction ends: for acting on what was proven a moment ago, which a change of
 * password or a disabling may have overtaken.
 */
export const lockPerson = async (db: Db, id: string) => {
  const [row] = await lockById(db, id)
  if (!row) throw new Error('there is no such person')
  return row
}

/** Run after a restore: raises every epoch, so that earlier credentials are void. Returns the number of people. */
export const raiseAllEpochs = async (db: Db): Promise<number> => {
  const result = await tables(db)
    .updateTable('people')
    .set((set) => ({ credential_epoch: set('credential_epoch', '+', 1) }))
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
