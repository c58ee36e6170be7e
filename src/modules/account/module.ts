import { answer, defineModule } from '@latchkey/kit'
import { operations, pageRoles, pages, refusals, scopes } from './contract.ts'
import * as events from './events.ts'
import { me, readPicture, readProfile, removePicture, setPicture, updateProfile } from './rules.ts'
import { usernameSettings } from './settings.ts'
import { migrations } from './tables.ts'
import { chooseUsername } from './usernames.ts'

export default defineModule({
  name: 'account',
  summary: 'Who you are here: name, picture, contact, organisation',
  needs: ['person', 'sessions'],
  operations: answer(operations, {
    me,
    readProfile,
    updateProfile,
    chooseUsername,
    setPicture,
    removePicture,
    readPicture,
  }),
  permissions: [
    {
      id: 'account.view',
      label: 'View your account',
      roles: ['owner', 'admin', 'member', 'viewer'],
    },
  ],
  scopes,
  refusals,
  events: Object.values(events),
  migrations,
  settings: [usernameSettings],
  pages: Object.values(pages),
  pageRoles,
  fixtures: () => import('./fixtures.ts'),
})
