import type { Fixtures } from '@latchkey/kit'
import { operations } from './contract.ts'

/** One red pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

export const fixtures: Fixtures = {
  objects: { userId: { sameAs: 'person.userId' } },
  inputs: {
    'account.set-picture': async () => ({ content: png }),
    'account.read-picture': async (_, person) => {
      await person.do(operations.setPicture, { content: png } as object)
      return { userId: person.userId }
    },
  },
  tables: {
    pictures: { restored: 'kept', because: 'no credential' },
  },
}
