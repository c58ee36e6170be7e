import type { FixtureDriver, FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations, pages } from './contract.ts'

const newPassword = 'granite-lantern-47-orchard'

const start = async (driver: FixtureDriver, { userId }: FixturePerson): Promise<void> => {
  await (await driver.owner()).do(operations.start, { userId })
}

/** The wait is over, and the link that finishes it was mailed. */
const readyToken = async (driver: FixtureDriver, person: FixturePerson): Promise<string> => {
  await start(driver, person)
  driver.advance(24 * 3_600_000)
  await driver.job('recovery.mail-due')
  return driver.mailedToken(person.email)
}

const finishing: MailStory = {
  writes: ['started', 'ready', 'finished'],
  tell: async (driver) => {
    const token = await readyToken(driver, await driver.newcomer())
    await driver.newBrowser().do(operations.finish, { token, newPassword })
  },
}

export const fixtures: Fixtures = {
  objects: { userId: { sameAs: 'person.userId' } },
  inputs: {
    'recovery.stop': async (driver, person) => {
      await start(driver, person)
      return {}
    },
    'recovery.cancel': async (driver) => {
      const person = await driver.newcomer()
      await start(driver, person)
      return { userId: person.userId }
    },
    'recovery.stop-by-link': async (driver, person) => {
      await start(driver, person)
      return { token: await driver.mailedToken(person.email) }
    },
    'recovery.finish': async (driver, person) => ({
      token: await readyToken(driver, person),
      newPassword,
    }),
  },
  tables: {
    recoveries: { restored: 'ended', aliveWhere: 'ended_at is null', leave: start },
  },
  mails: {
    started: { leadsTo: [pages.stop] },
    ready: { leadsTo: [pages.recover] },
    finished: { leadsTo: ['/admin/account/two-factor'] },
  },
  mailStories: [finishing],
  closedToKeys: 'A key that could bring in a new password would outlive its own end.',
}
