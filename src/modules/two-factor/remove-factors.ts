import type { Actor, Context } from '@latchkey/kit'
import { dropCodes, twoFactorDisabled } from '#modules/recovery-codes/api.ts'
import { deleteAuthenticators } from './store.ts'

/** Recovery replaced the factors: earlier apps and codes are void. */
export const removeFactors = async (
  ctx: Pick<Context<Actor>, 'db' | 'announce'>,
  userId: string,
): Promise<void> => {
  const removed = await deleteAuthenticators(ctx.db, userId)
  await dropCodes(ctx, userId)
  if (removed > 0) await ctx.announce(twoFactorDisabled, {}, { userId })
}
