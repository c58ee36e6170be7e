import { answer, defineModule } from '@latchkey/kit'
import { afterRestore } from './after-restore.ts'
import { operations, pageRoles, pages, refusals } from './contract.ts'
import * as events from './events.ts'
import { authenticatorMethod } from './method.ts'
import { acknowledgeCodes, regenerateCodes } from './rules/codes.ts'
import { begin, confirm, disable, read, remove, rename, reorder } from './rules.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'two-factor',
  summary: 'Authenticator apps and recovery codes: the second step after the password',
  needs: ['person', 'recovery-codes', 'sessions'],
  operations: answer(operations, {
    read,
    begin,
    confirm,
    rename,
    reorder,
    remove,
    disable,
    regenerateCodes,
    acknowledgeCodes,
  }),
  permissions: [
    {
      id: 'account.two_factor.manage',
      label: 'Manage two-factor',
      roles: ['owner', 'admin', 'member', 'viewer'],
    },
  ],
  migrations,
  refusals,
  events: Object.values(events),
  methods: [authenticatorMethod],
  afterRestore,
  pages: Object.values(pages),
  pageRoles,
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
