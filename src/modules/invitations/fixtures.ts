import type { Fixtures } from '@latchkey/kit'

export const fixtures: Fixtures = {
  tables: {
    invitations: {
      restored: 'kept',
      because: 'the links are void: they show as expired until they are sent again',
    },
  },
}
