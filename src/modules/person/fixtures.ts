import type { FixtureDriver, FixturePerson, Fixtures } from '@latchkey/kit'
import type { PersonTables } from './tables.ts'

const elsewhere = 'org_elsewhere'

/** No operation makes a second organisation, so its rows are written as the set-up would write them. */
const makePersonElsewhere = async ({ db }: FixtureDriver, owner: FixturePerson) => {
  const tables = db.withTables<PersonTables>()
  const person = await tables
    .selectFrom('people')
    .selectAll()
    .where('id', '=', owner.userId)
    .executeTakeFirstOrThrow()
  const organisation = await tables
    .selectFrom('organisations')
    .selectAll()
    .where('id', '=', person.organisation_id)
    .executeTakeFirstOrThrow()
  const own = { organisation_id: elsewhere, email: 'x@else.where', role: 'member' }
  await tables
    .insertInto('organisations')
    .values({ ...organisation, id: elsewhere })
    .onConflict((one) => one.doNothing())
    .execute()
  await tables
    .insertInto('people')
    .values({ ...person, ...own, id: 'usr_elsewhere', username: null })
    .onConflict((one) => one.doNothing())
    .execute()
  return 'usr_elsewhere'
}

export const fixtures: Fixtures = {
  objects: {
    userId: {
      of: 'organisation',
      make: async (driver) => (await driver.newcomer()).userId,
      makeElsewhere: makePersonElsewhere,
    },
  },
  tables: {
    organisations: { restored: 'kept', because: 'no credential' },
    usernames: { restored: 'kept', because: 'no credential' },
    people: {
      restored: 'kept',
      because:
        'their credential epoch is raised, and those known to have been disabled since are disabled again',
    },
  },
}
