import type { FixtureDriver, FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations, pages } from './contract.ts'

const password = '/admin/account/profile#password'
const pin = '730915'

let numbers = 100_000

const addBadge = (person: FixturePerson) => {
  numbers += 1
  return person.do(operations.add, { number: String(numbers) })
}

const withPin = async (_: FixtureDriver, person: FixturePerson) => {
  await person.do(operations.setPin, { pin })
  await person.confirm('badge-pin', pin)
  return {}
}

const handling: MailStory = {
  writes: ['added', 'pin', 'unpin'],
  tell: async (driver) => {
    const person = await driver.newcomer()
    await addBadge(person)
    await withPin(driver, person)
    await person.do(operations.removePin)
  },
}

export const fixtures: Fixtures = {
  objects: {
    badgeId: { of: 'person', make: async (_, owner) => (await addBadge(owner)).id },
  },
  inputs: {
    'badges.set-pin': async () => ({ pin }),
    'badges.remove-pin': withPin,
  },
  tables: {
    badges: { restored: 'kept', because: 'no credential' },
    badge_pins: { restored: 'kept', because: 'a second factor, as it was' },
  },
  mails: {
    added: { leadsTo: [pages.list, password] },
    pin: { leadsTo: [pages.list, password] },
    unpin: { leadsTo: [pages.list, password] },
  },
  mailStories: [handling],
}
