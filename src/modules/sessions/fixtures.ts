import type { Fixtures } from '@latchkey/kit'
import { operations as signIn } from '#modules/sign-in/contract.ts'
import { operations } from './contract.ts'
import type { SessionTables } from './tables.ts'

const lifetimeMs = 30 * 24 * 3_600_000

export const fixtures: Fixtures = {
  objects: {
    sessionId: {
      of: 'person',
      make: async (_, owner) => (await owner.do(operations.list)).sessions[0]?.id ?? '',
    },
  },
  tables: {
    sessions: {
      restored: 'ended',
      aliveWhere: 'ended_at is null',
      leave: (_, person) => person.do(operations.list),
    },
    pending_sign_ins: {
      restored: 'ended',
      aliveWhere: 'ended_at is null',
      leave: (driver, { email, password }) =>
        driver.newBrowser().do(signIn.start, { email, password }),
    },
    known_devices: {
      restored: 'kept',
      because: 'tells a new device from a known one, opens nothing',
    },
  },
  closedToKeys: 'A key that could end sessions could keep its owner from ending the key.',
  renew: async (db, now) => {
    await db
      .withTables<Pick<SessionTables, 'sessions'>>()
      .updateTable('sessions')
      .set({
        authenticated_at: now,
        strong_at: now,
        active_at: now,
        expires_at: now + lifetimeMs,
      })
      .execute()
  },
}
