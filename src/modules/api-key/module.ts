import { answer, defineModule } from '@latchkey/kit'
import { afterRestore } from './after-restore.ts'
import { apiKey } from './authenticator.ts'
import { operations, pages, refusals } from './contract.ts'
import { countWorkingKeys } from './count-working.ts'
import * as events from './events.ts'
import { jobs } from './jobs.ts'
import { create, read, regenerate, reveal, revoke } from './rules.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'api-key',
  summary:
    'The API key: one classic key per person, for programs that may call all of REST as them',
  needs: ['person', 'sessions'],
  operations: answer(operations, { read, create, reveal, regenerate, revoke }),
  permissions: [
    {
      id: 'account.api_key.manage',
      label: 'Manage the API key',
      roles: ['owner', 'admin', 'member', 'viewer'],
    },
  ],
  refusals,
  events: Object.values(events),
  migrations,
  jobs,
  afterRestore,
  authenticators: [apiKey],
  lastingCredentials: [{ id: 'apiKeys', page: pages.apiKey, countWorking: countWorkingKeys }],
  pages: Object.values(pages),
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
