import { answer, defineModule } from '@latchkey/kit'
import { entrances, operations, pageRoles, pages, refusals } from './contract.ts'
import * as events from './events.ts'
import { warnOfGuessing } from './guess-warning.ts'
import { confirm, confirmationMethods, confirmChallenge } from './rules/confirm.ts'
import { join, setUp, signUp } from './rules/join.ts'
import { cancel, finish, pending, secondChallenge } from './rules/second-step.ts'
import { end, liftLock, start, status } from './rules.ts'

export default defineModule({
  name: 'sign-in',
  summary: 'Setting up, signing up, signing in and out, and confirming it is you',
  needs: ['invitations', 'password', 'person', 'sessions'],
  operations: answer(operations, {
    ...{ status, setUp, start, end, signUp, join },
    ...{ pending, secondChallenge, finish, cancel, liftLock },
    ...{ confirm, confirmChallenge, confirmationMethods },
  }),
  refusals,
  events: Object.values(events),
  onGuessing: warnOfGuessing,
  entrances,
  pages: [pages.confirm],
  pageRoles,
  mails: new URL('./mails/', import.meta.url),
  fixtures: () => import('./fixtures.ts'),
})
