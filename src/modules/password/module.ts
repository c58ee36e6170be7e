import { answer, defineModule } from '@latchkey/kit'
import { operations, pages, refusals } from './contract.ts'
import * as events from './events.ts'
import { assess, change, requestReset, reset } from './rules.ts'
import { passwordSettings } from './settings.ts'
import { migrations } from './tables.ts'

export default defineModule({
  name: 'password',
  summary: 'The password: changing it, and the way back when it is forgotten',
  needs: ['people', 'sessions', 'sign-in'],
  operations: answer(operations, { change, assess, requestReset, reset }),
  refusals,
  events: Object.values(events),
  migrations,
  settings: [passwordSettings],
  entrances: Object.values(pages),
  mails: new URL('./mails/', import.meta.url),
})
