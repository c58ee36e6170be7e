import { event } from '@latchkey/kit'
import { z } from 'zod'

const data = z.object({ lastFour: z.string() })

export const apiKeyCreated = event({
  name: 'api-key.created',
  code: 'user.api_key:created',
  summary: 'The API key was created',
  group: 'keys',
  icon: 'api-key',
  data,
})

export const apiKeyRegenerated = event({
  name: 'api-key.regenerated',
  code: 'user.api_key:regenerated',
  summary: 'The API key was replaced by a new one',
  group: 'keys',
  icon: 'api-key',
  data: data.extend({ overlapHours: z.int() }),
})

export const apiKeyRevealed = event({
  name: 'api-key.revealed',
  code: 'user.api_key:revealed',
  summary: 'The API key was shown or copied',
  group: 'keys',
  icon: 'api-key',
  data,
})

export const apiKeyRevoked = event({
  name: 'api-key.revoked',
  code: 'user.api_key:revoked',
  summary: 'The API key was deleted',
  group: 'keys',
  icon: 'api-key',
  data: data.extend({ because: z.enum(['revoked', 'leaked', 'recovered']) }),
})
