import type { FixtureDriver, FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations, pages } from './contract.ts'
import { AuthenticationResponse, RegistrationResponse } from './shapes.ts'

const password = '/admin/account/profile#password'

type Registration = Readonly<Record<'ceremonyId' | 'response', unknown>>

const offer = async ({ device }: FixtureDriver, person: FixturePerson, counter = 0) => {
  const { ceremonyId, options } = await person.do(operations.begin)
  const { passkey, response } = device.createPasskey(options, counter)
  return { passkey, input: { ceremonyId, response: RegistrationResponse.parse(response) } }
}

const addPasskey = async (driver: FixtureDriver, person: FixturePerson, counter = 0) => {
  const { passkey, input } = await offer(driver, person, counter)
  const registered = await person.do(operations.register, input)
  return { passkey, id: registered.passkey.id }
}

const passkeyOf = async (driver: FixtureDriver, person: FixturePerson): Promise<string> => {
  const [present] = (await person.do(operations.list)).passkeys
  return present?.id ?? (await addPasskey(driver, person)).id
}

const handling: MailStory = {
  writes: ['added', 'removed'],
  tell: async (driver) => {
    const person = await driver.newcomer()
    const { id } = await addPasskey(driver, person)
    await person.do(operations.remove, { passkeyId: id })
  },
}

/** A counter that does not grow (WebAuthn §6.1.1) is the sign of a copy. */
const copied: MailStory = {
  writes: ['suspected'],
  tell: async (driver) => {
    const { passkey } = await addPasskey(driver, await driver.newcomer(), 5)
    const browser = driver.newBrowser()
    const { ceremonyId, options } = await browser.do(operations.signInOptions)
    const response = driver.device.usePasskey(options, passkey, 5)
    const input = { ceremonyId, response: AuthenticationResponse.parse(response) }
    await browser.attempt(operations.signIn, input)
  },
}

const retiring: MailStory = {
  writes: ['retired', 'retiredLast'],
  tell: async (driver) => {
    const [only, also] = [await driver.newcomer(), await driver.newcomer()]
    for (const person of [only, also]) await addPasskey(driver, person)
    await driver.make('two-factor.authenticatorId', also)
    await driver.db
      .withTables<{ passkeys: { rp_id: string } }>()
      .updateTable('passkeys')
      .set({ rp_id: 'old.example.com' })
      .execute()
    const gone = { host: 'old.example.com', check: false, evenTheLast: false }
    await driver.command('passkeys retire', gone)
  },
}

export const fixtures: Fixtures = {
  objects: {
    passkeyId: { of: 'person', make: passkeyOf },
    ceremonyId: {
      of: 'person',
      make: async (_, owner) => (await owner.do(operations.begin)).ceremonyId,
    },
    'passkeys.sign-in:ceremonyId': {
      of: 'nobody',
      because: 'A sign-in begins before the product knows who signs in.',
    },
    aaguid: { of: 'nobody', because: 'It names a maker of passkeys, the same for every caller.' },
    scheme: { of: 'nobody', because: 'Light or dark.' },
  },
  inputs: {
    'passkeys.read-provider-icon': {
      never: 'No provider has an icon before an operator lists one; providers.test.ts does.',
    },
    'passkeys.register': async (driver, person): Promise<Registration> =>
      (await offer(driver, person)).input,
    'passkeys.sign-in': async (driver, person) => {
      const { passkey } = await addPasskey(driver, person)
      const { ceremonyId, options } = await person.do(operations.signInOptions)
      return { ceremonyId, response: driver.device.usePasskey(options, passkey) }
    },
  },
  tables: {
    passkeys: { restored: 'kept', because: 'the way in' },
    passkey_handles: { restored: 'kept', because: 'the way in' },
    passkey_offers: { restored: 'kept', because: 'who does not want to be asked again' },
    passkey_ceremonies: {
      restored: 'ended',
      aliveWhere: '1 = 1',
      leave: (_, person) => person.do(operations.begin),
    },
  },
  mails: {
    added: { leadsTo: [pages.list, password] },
    removed: { leadsTo: [password, pages.list] },
    suspected: { leadsTo: [pages.list] },
    retired: { leadsTo: [pages.list] },
    retiredLast: { leadsTo: [pages.list] },
  },
  mailStories: [handling, copied, retiring],
  closedToKeys: 'A key that could add a way in would outlive its own end.',
}
