import type { Fixtures } from '@latchkey/kit'
import { operations as twoFactor } from '#modules/two-factor/contract.ts'

export const fixtures: Fixtures = {
  tables: {
    authenticators: {
      restored: 'ended',
      aliveWhere: 'confirmed_at is null',
      leave: (_, person) => person.do(twoFactor.begin),
    },
    recovery_codes: {
      restored: 'kept',
      because: 'one that was used since works again: the person may have no other way in',
    },
    recovery_code_sets: { restored: 'kept', because: 'when they were made' },
  },
}
