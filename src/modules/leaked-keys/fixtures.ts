import type { Fixtures, MailStory } from '@latchkey/kit'
import { operations as tokens } from '#modules/access-tokens/contract.ts'
import { operations as apiKeys } from '#modules/api-key/contract.ts'

const sentInAddress: MailStory = {
  writes: ['token', 'api-key'],
  tell: async (driver) => {
    const person = await driver.newcomer()
    const { token } = await person.do(tokens.create, { name: 'Deploy' })
    await driver.newBrowser().visit(`/api/v1/account/me?token=${token}`)
    // One letter a day per person: the second key is another person's.
    const { key } = await (await driver.newcomer()).do(apiKeys.create)
    await driver.newBrowser().visit(`/api/v1/account/me?key=${key}`)
  },
}

export const fixtures: Fixtures = {
  tables: {
    key_notices: {
      restored: 'kept',
      because: 'when the owner was last told of a key in an address',
    },
  },
  mails: {
    token: { leadsTo: ['/admin/account/tokens'] },
    'api-key': { leadsTo: ['/admin/account/api-key'] },
  },
  mailStories: [sentInAddress],
}
