import { settings } from '@latchkey/kit'
import { z } from 'zod'

export const signInSettings = settings(
  'signIn',
  'Who may get an account',
  z.strictObject({
    signUp: z
      .enum(['open', 'invite', 'closed'])
      .default('invite')
      .describe(
        'open: anybody with an e-mail address; invite: who was invited; closed: nobody new.',
      ),
  }),
)
