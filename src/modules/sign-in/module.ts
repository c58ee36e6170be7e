import { answer, defineModule } from '@latchkey/kit'
import { passwordWay } from '#modules/password/api.ts'
import { confirmationRules } from './confirm.ts'
import { operations, pages, refusals } from './contract.ts'
import * as events from './events.ts'
import { join, setUp, signUp } from './joining.ts'
import { end, start, status } from './rules.ts'
import { signInSettings } from './settings.ts'

/** Ways to prove it is you: one name for each module that offers one. */
const ways = [passwordWay]
const { confirm, confirmationMethods } = confirmationRules(ways)

export default defineModule({
  name: 'sign-in',
  summary: 'Setting up, signing up, signing in and out, and confirming it is you',
  needs: ['people', 'password', 'sessions'],
  operations: answer(operations, { status, setUp, start, end, signUp, join, confirm, confirmationMethods }),
  refusals,
  events: Object.values(events),
  settings: [signInSettings],
  ways,
  entrances: Object.values(pages),
  mails: new URL('./mails/', import.meta.url),
})
