import { answer, defineModule } from '@latchkey/kit'
import { afterRestore } from './after-restore.ts'
import { sessionCookie } from './authenticator.ts'
import { operations, pages, refusals } from './contract.ts'
import * as events from './events.ts'
import { jobs } from './jobs.ts'
import { recogniseDevice } from './known-device.ts'
import { end, endOthers, list, rename, watch } from './rules.ts'
import { sessionSettings } from './settings.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'sessions',
  summary: 'Where you are signed in, and signing devices out',
  needs: ['person'],
  operations: answer(operations, { list, rename, end, endOthers, watch }),
  permissions: [
    {
      id: 'account.sessions.manage',
      label: 'Manage sessions',
      roles: ['owner', 'admin', 'member', 'viewer'],
    },
  ],
  refusals,
  events: Object.values(events),
  migrations,
  jobs,
  settings: [sessionSettings],
  authenticators: [sessionCookie],
  recogniseDevice,
  afterRestore,
  pages: Object.values(pages),
  fixtures: () => import('./fixtures.ts'),
})
