import type { FixtureDriver, FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations } from './contract.ts'
import type { PeopleTables } from './tables.ts'

const elsewhere = 'org_elsewhere'

/** A person of another organisation. No operation makes a second one, so the rows are written as the set-up would. */
const makePersonElsewhere = async ({ db }: FixtureDriver, owner: FixturePerson) => {
  const tables = db.withTables<Pick<PeopleTables, 'people' | 'organisations'>>()
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

let addresses = 0

const invite = async (driver: FixtureDriver) => {
  const owner = await driver.owner()
  addresses += 1
  const email = `invited${addresses}@example.com`
  await owner.do(operations.invite, { email, role: 'member' })
  const { invitations } = await owner.do(operations.listInvitations)
  return invitations.find((one) => one.email === email)?.invitationId ?? ''
}

const makeInvitationElsewhere = async (driver: FixtureDriver, owner: FixturePerson) => {
  await makePersonElsewhere(driver, owner)
  const id = await invite(driver)
  await driver.db
    .withTables<Pick<PeopleTables, 'invitations'>>()
    .updateTable('invitations')
    .set({ organisation_id: elsewhere })
    .where('id', '=', id)
    .execute()
  return id
}

const inviting: MailStory = {
  writes: ['invitation', 'invitationByOperator'],
  tell: async (driver) => {
    await invite(driver)
    const invited = { email: 'cli@example.com', role: 'member', invite: true }
    await driver.command('user create', invited)
  },
}

export const fixtures: Fixtures = {
  objects: {
    userId: {
      of: 'organisation',
      make: async (driver) => (await driver.newcomer()).userId,
      makeElsewhere: makePersonElsewhere,
    },
    invitationId: {
      of: 'organisation',
      make: invite,
      makeElsewhere: makeInvitationElsewhere,
    },
  },
  inputs: {
    'people.enable': async (driver, person) => {
      const { userId } = await driver.newcomer()
      await person.do(operations.disable, { userId })
      return { userId }
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
    invitations: {
      restored: 'kept',
      because: 'the links are void: they show as expired until they are sent again',
    },
  },
  mails: {
    invitation: { leadsTo: ['/invite'] },
    invitationByOperator: { leadsTo: ['/invite'] },
  },
  mailStories: [inviting],
}
