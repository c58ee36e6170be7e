import { event } from '@latchkey/kit'
import { z } from 'zod'

export const passwordChanged = event({
  name: 'password.changed',
  code: 'user.password:changed',
  summary: 'The password was changed',
  group: 'factors',
  icon: 'lock',
  data: z.object({ how: z.enum(['change', 'reset']), endedSessions: z.int() }),
})

export const passwordChangeFailed = event({
  name: 'password.change-failed',
  code: 'user.password:change_failed',
  summary: 'A change of password failed, because the current one was wrong',
  group: 'factors',
  icon: 'lock',
  data: z.object({}),
})

export const resetRequested = event({
  name: 'password.reset-requested',
  code: 'user.password:reset_requested',
  summary: 'A link for a new password was asked for',
  group: 'factors',
  icon: 'lock',
  data: z.object({}),
})
