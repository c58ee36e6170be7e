import { event } from '@latchkey/kit'
import { z } from 'zod'

export const usernameChanged = event({
  name: 'username.changed',
  code: 'user.username:changed',
  summary: 'The username was changed',
  group: 'account',
  icon: 'person',
  data: z.object({ username: z.string().nullable() }),
})

export const profileUpdated = event({
  name: 'profile.updated',
  code: 'user.profile:updated',
  summary: 'The profile was changed',
  group: 'account',
  icon: 'person',
  /** Names of the changed fields; their values are private and stay out of the trail. */
  data: z.object({ fields: z.array(z.string()) }),
})
