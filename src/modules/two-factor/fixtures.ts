import type { FixtureDriver, FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations as signIn } from '#modules/sign-in/contract.ts'
import { operations, pages } from './contract.ts'

const password = '/admin/account/profile#password'
const minuteMs = 60_000

const begin = async ({ device }: FixtureDriver, person: FixturePerson) => {
  const { setupId, secret } = await person.do(operations.begin)
  return { setupId, code: device.code(secret), name: 'Phone' }
}

const addApp = async (driver: FixtureDriver, person: FixturePerson, replaces?: string) =>
  person.do(operations.confirm, {
    ...(await begin(driver, person)),
    ...(replaces === undefined ? {} : { replaces }),
  })

const appOf = async (driver: FixtureDriver, person: FixturePerson): Promise<string> => {
  const [present] = (await person.do(operations.read)).authenticators
  return present?.id ?? (await addApp(driver, person)).authenticator.id
}

const issuedCodes = async (driver: FixtureDriver, person: FixturePerson) =>
  (await addApp(driver, person)).recoveryCodes ?? []

const withApp = async (driver: FixtureDriver, person: FixturePerson) => {
  await addApp(driver, person)
  return {}
}

const switching: MailStory = {
  writes: ['enabled', 'disabled', 'added', 'removed'],
  tell: async (driver) => {
    const person = await driver.newcomer()
    const { authenticator } = await addApp(driver, person)
    driver.advance(minuteMs)
    await addApp(driver, person, authenticator.id)
    await person.do(operations.disable)
  },
}

const spending: MailStory = {
  writes: ['codes', 'used', 'low'],
  tell: async (driver) => {
    const person = await driver.newcomer()
    await addApp(driver, person)
    const { recoveryCodes } = await person.do(operations.regenerateCodes)
    for (const proof of recoveryCodes.slice(0, 7)) {
      driver.advance(20 * minuteMs)
      const browser = driver.newBrowser()
      await browser.do(signIn.start, { email: person.email, password: person.password })
      await browser.do(signIn.finish, { method: 'recovery-code', proof })
    }
  },
}

export const fixtures: Fixtures = {
  objects: {
    setupId: {
      of: 'person',
      make: async (_, owner) => (await owner.do(operations.begin)).setupId,
    },
    authenticatorId: { of: 'person', make: appOf },
    replaces: { sameAs: 'two-factor.authenticatorId' },
  },
  inputs: {
    'two-factor.confirm': begin,
    'two-factor.disable': withApp,
    'two-factor.regenerate-codes': withApp,
    'two-factor.acknowledge-codes': async (driver, person) => ({
      code: (await issuedCodes(driver, person))[0],
    }),
  },
  mails: {
    enabled: { leadsTo: [pages.twoFactor, password] },
    disabled: { leadsTo: [password, pages.twoFactor] },
    added: { leadsTo: [pages.twoFactor, password] },
    removed: { leadsTo: [password, pages.twoFactor] },
    codes: { leadsTo: [pages.twoFactor, password] },
    used: { leadsTo: [pages.twoFactor, password] },
    low: { leadsTo: [pages.twoFactor, password] },
  },
  mailStories: [switching, spending],
  closedToKeys: 'A key that could change a second factor would outlive its own end.',
}
