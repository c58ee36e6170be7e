import { answer, defineModule } from '@latchkey/kit'
import { afterRestore } from './after-restore.ts'
import { commands } from './commands.ts'
import { operations, pages, refusals, scopes } from './contract.ts'
import * as events from './events.ts'
import { listInvitations, resendInvitation, withdrawInvitation } from './rules/invitations.ts'
import { disable, enable, invite, list } from './rules.ts'

export default defineModule({
  name: 'people',
  summary: 'Who belongs to the organisation, and what their role lets them do',
  needs: ['invitations', 'person', 'sessions', 'sign-in'],
  operations: answer(operations, {
    ...{ list, invite, disable, enable },
    ...{ listInvitations, resendInvitation, withdrawInvitation },
  }),
  permissions: [
    { id: 'people.view', label: 'View people', roles: ['owner', 'admin', 'member'] },
    { id: 'people.manage', label: 'Invite and disable people', roles: ['owner', 'admin'] },
  ],
  scopes,
  refusals,
  events: Object.values(events),
  commands,
  afterRestore,
  pages: Object.values(pages),
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
