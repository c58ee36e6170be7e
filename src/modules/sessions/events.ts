import { event } from '@latchkey/kit'
import { z } from 'zod'

export const sessionRevoked = event({
  name: 'session.revoked',
  code: 'user.session:revoked',
  summary: 'A session was signed out',
  group: 'sessions',
  icon: 'device',
  data: z.object({ device: z.string() }),
})

export const sessionRenamed = event({
  name: 'session.renamed',
  code: 'user.session:renamed',
  summary: 'A session was renamed',
  group: 'sessions',
  icon: 'device',
  /** Null: its name was taken away. */
  data: z.object({ name: z.string().nullable() }),
})

export const otherSessionsRevoked = event({
  name: 'session.others-revoked',
  code: 'user.session:others_revoked',
  summary: 'All other sessions were signed out',
  group: 'sessions',
  icon: 'device',
  data: z.object({ endedSessions: z.int() }),
})

export const signedIn = event({
  name: 'sign-in.succeeded',
  code: 'user:logged_in',
  summary: 'Signed in',
  group: 'sign-in',
  icon: 'enter',
  data: z.object({ method: z.string() }),
})
