import { type Context, settings } from '@latchkey/kit'
import { z } from 'zod'

export const signInSettings = settings(
  'signIn',
  'Who may get an account',
  z.strictObject({
    signUp: z
      .enum(['open', 'invite', 'closed'])
      .default('invite')
      .describe(
        'open: anybody with an e-mail address; invite: who was invited; closed: nobody new, not even with an invitation.',
      ),
  }),
)

/** Whether a user may get an account in this way; `closed` also excludes users who were invited before. */
export const mayJoin = (ctx: Pick<Context, 'config'>, how: 'invitation' | 'sign-up'): boolean => {
  const { signUp } = ctx.config.read(signInSettings)
  return signUp === 'open' || (signUp === 'invite' && how === 'invitation')
}
