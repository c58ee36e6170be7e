import type { FixtureDriver, FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations as reports } from '#modules/leaked-keys/contract.ts'
import { operations, pages } from './contract.ts'

const dayMs = 24 * 3_600_000

const makeToken = (person: FixturePerson, expiresAt?: number) =>
  person.do(operations.create, {
    name: 'Deploy',
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  })

const handling: MailStory = {
  writes: ['created', 'rotated', 'leaked', 'revokedByOperator'],
  tell: async (driver) => {
    const person = await driver.newcomer()
    const made = await makeToken(person)
    await person.do(operations.rotate, { tokenId: made.accessToken.id, overlap: 'none' })
    const [found, sent] = [await makeToken(person), await makeToken(person)]
    await driver.newBrowser().do(reports.report, { tokens: [found.token] })
    await driver.command('token revoke', { id: sent.accessToken.id })
  },
}

const expiring: MailStory = {
  writes: ['expiring', 'expired'],
  tell: async (driver: FixtureDriver) => {
    await makeToken(await driver.newcomer(), driver.now() + 10 * dayMs)
    for (const days of [8, 3]) {
      driver.advance(days * dayMs)
      await driver.job('access-tokens.remind')
    }
  },
}

export const fixtures: Fixtures = {
  objects: {
    tokenId: { of: 'person', make: async (_, owner) => (await makeToken(owner)).accessToken.id },
  },
  tables: {
    access_tokens: {
      restored: 'kept',
      because: 'programs go on; one that is known to have been revoked since is revoked again',
    },
  },
  // An attacker would keep a token longer than a password: a new password ends none.
  mails: {
    created: { leadsTo: [pages.list, '/admin/account/profile#password'] },
    rotated: { leadsTo: [pages.list, '/admin/account/profile#password'] },
    leaked: { leadsTo: [pages.list] },
    revokedByOperator: { leadsTo: [pages.create] },
    expiring: { leadsTo: [pages.list] },
    expired: { leadsTo: [pages.create] },
  },
  mailStories: [handling, expiring],
  closedToKeys: 'A key that could make keys would outlive its own end.',
}
