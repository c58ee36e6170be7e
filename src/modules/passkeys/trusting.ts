import type { Actor, Context } from '@latchkey/kit'
import { lockPerson, securityNotice } from '#modules/people/api.ts'
import { endOtherSessions } from '#modules/sessions/api.ts'
import { hasAuthenticator, twoFactorEnabled } from '#modules/two-factor/api.ts'
import { pages } from '#modules/two-factor/contract.ts'
import { hasVerifiedPasskey, markVerified } from './store.ts'

/**
 * From now on this passkey counts as two factors. Only after another factor was given beside it (WebAuthn §7.2, the step
 * on uvInitialized): a PIN can be put on a found key that never had one, and would otherwise be all it takes.
 */
export const trustPasskey = async (
  ctx: Context<Actor>,
  userId: string,
  passkeyId: string,
): Promise<void> => {
  await lockPerson(ctx.db, userId)
  const wasOn =
    (await hasAuthenticator(ctx.db, userId)) || (await hasVerifiedPasskey(ctx.db, userId))
  if (!(await markVerified(ctx.db, { userId, id: passkeyId }, ctx.now())) || wasOn) return
  const letters = await securityNotice(ctx, userId, {
    text: 'two-factor:enabled',
    page: pages.twoFactor,
  })
  await ctx.announce(twoFactorEnabled, {}, { userId, letters })
  await endOtherSessions(ctx, { userId, exceptId: null, reason: 'two-factor-enabled' })
}
