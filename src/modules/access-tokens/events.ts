import { event } from '@latchkey/kit'
import { z } from 'zod'

export const tokenCreated = event({
  name: 'token.created',
  code: 'user.token:created',
  summary: 'An access token was created',
  group: 'keys',
  icon: 'ticket',
  data: z.object({ name: z.string(), scopes: z.array(z.string()) }),
})

export const tokenRotated = event({
  name: 'token.rotated',
  code: 'user.token:rotated',
  summary: 'An access token was replaced',
  group: 'keys',
  icon: 'ticket',
  data: z.object({ name: z.string(), overlapHours: z.int() }),
})

export const tokenRevoked = event({
  name: 'token.revoked',
  code: 'user.token:revoked',
  summary: 'An access token was revoked',
  group: 'keys',
  icon: 'ticket',
  data: z.object({ name: z.string(), because: z.enum(['revoked', 'leaked', 'recovered']) }),
})

export const tokenExpiring = event({
  name: 'token.expiring',
  code: 'user.token:expiring',
  summary: 'An access token expires soon',
  group: 'keys',
  icon: 'ticket',
  /** 14, 3, or 0: it has expired. */
  data: z.object({ name: z.string(), days: z.int() }),
})
