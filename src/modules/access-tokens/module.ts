import { answer, defineModule } from '@latchkey/kit'
import { afterRestore } from './after-restore.ts'
import { accessToken } from './authenticator.ts'
import { commands } from './commands.ts'
import { operations, pages, refusals, scopes } from './contract.ts'
import { countWorkingTokens } from './count-working.ts'
import * as events from './events.ts'
import { jobs } from './jobs.ts'
import { create, list, offer, revoke, rotate } from './rules.ts'
import { tokenSettings } from './settings.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'access-tokens',
  summary:
    'Personal access tokens: programs that act for a person, with the rights they were given',
  needs: ['person', 'sessions'],
  operations: answer(operations, { offer, list, create, rotate, revoke }),
  permissions: [
    {
      id: 'account.tokens.manage',
      label: 'Manage access tokens',
      roles: ['owner', 'admin', 'member', 'viewer'],
    },
  ],
  scopes,
  refusals,
  events: Object.values(events),
  migrations,
  commands,
  afterRestore,
  jobs,
  settings: [tokenSettings],
  authenticators: [accessToken],
  lastingCredentials: [{ id: 'accessTokens', page: pages.list, countWorking: countWorkingTokens }],
  pages: Object.values(pages),
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
