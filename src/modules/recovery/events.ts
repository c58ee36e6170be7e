import { event } from '@latchkey/kit'
import { z } from 'zod'

export const recoveryStarted = event({
  name: 'recovery.started',
  code: 'user.recovery:started',
  summary: 'An operator started a recovery of the account',
  group: 'sign-in',
  icon: 'lifebuoy',
  data: z.object({ by: z.string() }),
})

export const recoveryReady = event({
  name: 'recovery.ready',
  code: 'user.recovery:ready',
  summary: 'The wait of a recovery is over; its link was sent',
  group: 'sign-in',
  icon: 'lifebuoy',
  data: z.object({}),
})

export const recoveryStopped = event({
  name: 'recovery.stopped',
  code: 'user.recovery:stopped',
  summary: 'A recovery was stopped',
  group: 'sign-in',
  icon: 'lifebuoy',
  data: z.object({ by: z.enum(['person', 'link', 'operator']) }),
})

export const recoveryFinished = event({
  name: 'recovery.finished',
  code: 'user.recovery:finished',
  summary: 'The account was recovered',
  group: 'sign-in',
  icon: 'lifebuoy',
  data: z.object({}),
})
