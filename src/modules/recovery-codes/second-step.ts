import type { Actor, Context } from '@latchkey/kit'
import { securityNotice } from '#modules/person/api.ts'
import { endOtherSessions } from '#modules/sessions/api.ts'
import { hasDormantFactor, isTwoFactorOn } from '#platform/identity/methods.ts'
import { dropCodes } from './codes.ts'
import { factorsPage as page } from './contract.ts'
import { twoFactorDisabled, twoFactorEnabled } from './events.ts'

/**
 * The first factor is there: the person is told, and every session but `exceptId` ends, because whoever signed in with
 * the password alone has to come back with both.
 */
export const announceSwitchedOn = async (
  ctx: Context<Actor>,
  { userId, exceptId }: { readonly userId: string; readonly exceptId: string | null },
): Promise<void> => {
  const letters = await securityNotice(ctx, userId, { text: 'two-factor:enabled', page })
  await ctx.announce(twoFactorEnabled, {}, { userId, letters })
  await endOtherSessions(ctx, { userId, exceptId, reason: 'two-factor-enabled' })
}

/** The last factor is gone, and the person is told. */
export const announceSwitchedOff = async (ctx: Context<Actor>, userId: string): Promise<void> => {
  const letters = await securityNotice(ctx, userId, { text: 'two-factor:disabled', page })
  await ctx.announce(twoFactorDisabled, {}, { userId, letters })
}

/**
 * Called when a factor is gone: the codes go with the last one. Returns whether there is still a second step. A passkey
 * that has not verified its person yet keeps the codes, because it may become a factor and they came with it.
 */
export const keepsSecondStep = async (ctx: Context<Actor>, userId: string): Promise<boolean> => {
  if (await isTwoFactorOn(ctx, userId)) return true
  if (!(await hasDormantFactor(ctx, userId))) await dropCodes(ctx, userId)
  return false
}
