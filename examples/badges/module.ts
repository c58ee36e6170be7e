import { answer, defineModule } from '@latchkey/kit'
import { operations, pages, refusals, scopes } from './contract.ts'
import * as events from './events.ts'
import { badgePin } from './method.ts'
import { readPin, removePin, setPin } from './pin-rules.ts'
import { add, list, remove } from './rules.ts'
import { badgeSettings } from './settings.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'badges',
  summary: 'Office badges: the numbers a person carries, and a PIN that proves it is them',
  operations: answer(operations, { list, add, remove, readPin, setPin, removePin }),
  permissions: [
    {
      id: 'account.badges.manage',
      label: 'Manage own office badges',
      roles: ['owner', 'admin', 'member'],
    },
  ],
  scopes,
  refusals,
  events: Object.values(events),
  migrations,
  settings: [badgeSettings],
  methods: [badgePin],
  pages: Object.values(pages),
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
