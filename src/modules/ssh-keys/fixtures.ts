import { generateKeyPairSync } from 'node:crypto'
import type { FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations as account } from '#modules/account/contract.ts'
import { operations, pages } from './contract.ts'

const password = '/admin/account/profile#password'
const dayMs = 24 * 3_600_000

/** RFC 4251 §5: a string is its length in four bytes, then its bytes. */
const wireString = (value: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(value.length)
  return Buffer.concat([length, value])
}

/** A line as `ssh-keygen -t ed25519` writes it (RFC 8709 §4). */
const newPublicKey = (): string => {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  const parts = [Buffer.from('ssh-ed25519'), Buffer.from(x, 'base64url')]
  return `ssh-ed25519 ${Buffer.concat(parts.map(wireString)).toString('base64')} ada@laptop`
}

const addKey = (person: FixturePerson) => person.do(operations.add, { publicKey: newPublicKey() })

const keyOf = async (person: FixturePerson): Promise<string> => {
  const [present] = (await person.do(operations.list)).keys
  return present?.id ?? (await addKey(person)).id
}

const handling: MailStory = {
  writes: ['added', 'extended', 'endless', 'removed'],
  tell: async (driver) => {
    const person = await driver.newcomer()
    const { id: keyId } = await addKey(person)
    for (const days of [1, 2])
      await person.do(operations.update, {
        keyId,
        expiresAt: new Date(driver.now() + days * dayMs).toISOString(),
      })
    await person.do(operations.update, { keyId, expiresAt: null })
    await person.do(operations.remove, { keyId })
  },
}

export const fixtures: Fixtures = {
  objects: {
    keyId: { of: 'person', make: (_, owner) => keyOf(owner) },
    username: {
      of: 'nobody',
      because: 'A username that is not taken is answered like one without keys.',
    },
  },
  inputs: {
    'ssh-keys.publish': async (_, person) => {
      await person.do(account.chooseUsername, { username: 'keyholder' })
      await addKey(person)
      return { username: 'keyholder' }
    },
  },
  tables: {
    ssh_keys: {
      restored: 'kept',
      because:
        'one that is known to have been deleted since is deleted again, and one that was to end sooner ends now',
    },
  },
  mails: {
    added: { leadsTo: [pages.list, password] },
    extended: { leadsTo: [pages.list, password] },
    endless: { leadsTo: [pages.list, password] },
    removed: { leadsTo: [password, pages.list] },
  },
  mailStories: [handling],
}
