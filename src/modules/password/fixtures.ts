import type { FixtureDriver, FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations, pages } from './contract.ts'

const newPassword = 'granite-lantern-47-orchard'

const resetToken = async (driver: FixtureDriver, { email }: FixturePerson): Promise<string> => {
  await driver.newBrowser().do(operations.requestReset, { email })
  return driver.mailedToken(email)
}

const changing: MailStory = {
  writes: ['changed', 'changedKeysRemain', 'reset'],
  tell: async (driver) => {
    const person = await driver.newcomer()
    await person.do(operations.change, { currentPassword: person.password, newPassword })
    for (const key of ['ssh-keys.keyId', 'access-tokens.tokenId', 'api-key.keyId'])
      await driver.make(key, person)
    const token = await resetToken(driver, person)
    await driver.newBrowser().do(operations.reset, { token, newPassword: person.password })
  },
}

export const fixtures: Fixtures = {
  inputs: {
    'password.change': async (_, { password }) => ({ currentPassword: password, newPassword }),
    'password.assess': async () => ({ password: newPassword }),
    'password.reset-challenge': async (driver, person) => {
      await driver.make('passkeys.passkeyId', person)
      return { token: await resetToken(driver, person), method: 'passkey' }
    },
    'password.reset': async (driver, person) => ({
      token: await resetToken(driver, person),
      newPassword,
    }),
  },
  tables: {
    passwords: { restored: 'kept', because: 'the way in; without it no account could sign in' },
  },
  mails: {
    reset: { leadsTo: [pages.reset] },
    changed: { leadsTo: [pages.forgot] },
    changedKeysRemain: {
      leadsTo: [
        pages.forgot,
        '/admin/account/tokens',
        '/admin/account/api-key',
        '/admin/account/ssh-keys',
      ],
    },
  },
  mailStories: [changing],
  closedToKeys: 'A key that could change the password would outlive its own end.',
}
