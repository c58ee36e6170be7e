import { answer, defineModule } from '@latchkey/kit'
import { afterRestore } from './after-restore.ts'
import { operations, pages, refusals, scopes } from './contract.ts'
import { countWorkingSshKeys } from './count-working.ts'
import * as events from './events.ts'
import { publish } from './rules/publish.ts'
import { update } from './rules/update.ts'
import { add, list, remove } from './rules.ts'
import { sshKeySettings } from './settings.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'ssh-keys',
  summary: 'SSH keys: public keys of a person, and the list servers ask for',
  needs: ['person', 'sessions'],
  operations: answer(operations, { list, add, update, remove, publish }),
  permissions: [
    {
      id: 'account.ssh_keys.manage',
      label: 'Manage SSH keys',
      roles: ['owner', 'admin', 'member', 'viewer'],
    },
  ],
  scopes,
  refusals,
  events: Object.values(events),
  migrations,
  afterRestore,
  settings: [sshKeySettings],
  lastingCredentials: [{ id: 'sshKeys', page: pages.list, countWorking: countWorkingSshKeys }],
  pages: Object.values(pages),
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
