import { settings } from '@latchkey/kit'
import { z } from 'zod'

export const usernameSettings = settings(
  'usernames',
  'Handles by which servers know people',
  z.strictObject({
    reserved: z
      .array(z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be names of Unix accounts'))
      .max(1000)
      .default([])
      .describe(
        'Names nobody may choose, besides those of the system: the service accounts on your servers, e.g. deploy,backup.',
      ),
  }),
)
