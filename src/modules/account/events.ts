import { event } from '@latchkey/kit'
import { z } from 'zod'

export const usernameChanged = event({
  name: 'username.changed',
  code: 'user.username:changed',
  summary: 'The username was changed',
  data: z.object({ username: z.string().nullable() }),
})

export const profileUpdated = event({
  name: 'profile.updated',
  code: 'user.profile:updated',
  summary: 'The profile was changed',
  /** Names of what changed; the values are the person's own business. */
  data: z.object({ fields: z.array(z.string()) }),
})
