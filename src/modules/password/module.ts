import { answer, defineModule } from '@latchkey/kit'
import { entrances, operations, pageRoles, refusals } from './contract.ts'
import * as events from './events.ts'
import { passwordMethod } from './method.ts'
import { reset, resetChallenge } from './rules/reset.ts'
import { assess, change, requestReset } from './rules.ts'
import { passwordSettings } from './settings.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'password',
  summary: 'The password: changing it, and the way back when it is forgotten',
  needs: ['person', 'sessions'],
  operations: answer(operations, { change, assess, requestReset, reset, resetChallenge }),
  refusals,
  events: Object.values(events),
  migrations,
  settings: [passwordSettings],
  methods: [passwordMethod],
  // https://w3c.github.io/webappsec-change-password-url/
  wellKnown: {
    'change-password': (_, pages) => {
      const redirect = pages.get('change-password')
      return redirect === undefined ? null : { redirect }
    },
  },
  entrances,
  pageRoles,
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
