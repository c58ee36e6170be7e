import { event } from '@latchkey/kit'
import { z } from 'zod'

export const profileUpdated = event({
  name: 'profile.updated',
  code: 'user.profile:updated',
  summary: 'The profile was changed',
  /** Names of what changed; the values are the person's own business. */
  data: z.object({ fields: z.array(z.string()) }),
})
