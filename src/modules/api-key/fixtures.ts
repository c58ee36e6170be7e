import type { FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations as account } from '#modules/account/contract.ts'
import { operations as reports } from '#modules/leaked-keys/contract.ts'
import { operations, pages } from './contract.ts'

const password = '/admin/account/profile#password'

const makeKey = async (person: FixturePerson) => {
  const { key, apiKey } = await person.do(operations.create)
  return { key, keyId: apiKey?.id ?? '' }
}

const handling: MailStory = {
  writes: ['created', 'regenerated', 'revoked', 'leaked', 'leakedUnused'],
  tell: async (driver) => {
    const person = await driver.newcomer()
    const { keyId } = await makeKey(person)
    const { key: unused } = await person.do(operations.regenerate, { keyId, overlap: 'none' })
    await driver.newBrowser().do(reports.report, { tokens: [unused] })
    const { key: used } = await makeKey(person)
    await driver.program(used).do(account.me)
    await driver.newBrowser().do(reports.report, { tokens: [used] })
    await makeKey(person)
    await person.do(operations.revoke)
  },
}

const withKey = async (person: FixturePerson) => {
  const { apiKey } = await person.do(operations.read)
  return apiKey?.id ?? (await makeKey(person)).keyId
}

export const fixtures: Fixtures = {
  objects: { keyId: { of: 'person', make: (_, owner) => withKey(owner) } },
  inputs: {
    'api-key.reveal': async (_, person) => {
      await makeKey(person)
      return {}
    },
    'api-key.revoke': async (_, person) => {
      await makeKey(person)
      return {}
    },
  },
  tables: {
    api_keys: {
      restored: 'kept',
      because: 'programs go on; one that is known to be gone since is deleted again',
    },
  },
  mails: {
    created: { leadsTo: [pages.apiKey, password] },
    regenerated: { leadsTo: [pages.apiKey, password] },
    revoked: { leadsTo: [password, pages.apiKey] },
    leaked: { leadsTo: [pages.apiKey] },
    leakedUnused: { leadsTo: [pages.apiKey] },
  },
  mailStories: [handling],
  closedToKeys: 'A key that could make keys would outlive its own end.',
}
