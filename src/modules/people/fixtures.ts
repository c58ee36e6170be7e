import type { FixtureDriver, FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations } from './contract.ts'

let addresses = 0

const invite = async (driver: FixtureDriver) => {
  const owner = await driver.owner()
  addresses += 1
  const email = `invited${addresses}@example.com`
  await owner.do(operations.invite, { email, role: 'member' })
  const { invitations } = await owner.do(operations.listInvitations)
  return invitations.find((one) => one.email === email)?.invitationId ?? ''
}

type Organised = { readonly id: string; readonly organisation_id: string }

/** Only members of an organisation invite, so one of ours is handed to the other. */
const makeInvitationElsewhere = async (driver: FixtureDriver, owner: FixturePerson) => {
  const tables = driver.db.withTables<{ invitations: Organised; people: Organised }>()
  const { organisation_id } = await tables
    .selectFrom('people')
    .select('organisation_id')
    .where('id', '=', await driver.makeElsewhere('person.userId', owner))
    .executeTakeFirstOrThrow()
  const id = await invite(driver)
  await tables.updateTable('invitations').set({ organisation_id }).where('id', '=', id).execute()
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
    userId: { sameAs: 'person.userId' },
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
  mails: {
    invitation: { leadsTo: ['/invite'] },
    invitationByOperator: { leadsTo: ['/invite'] },
  },
  mailStories: [inviting],
}
