import type { Actor, Context } from '@latchkey/kit'
import { securityNotice } from '#modules/person/api.ts'
import { endOtherSessions } from '#modules/sessions/api.ts'
import { hasDormantFactor, isTwoFactorOn } from '#platform/identity/methods.ts'
import { dropCodes } from './codes.ts'
import { factorsPage as page } from './contract.ts'
import { twoFactorDisabled, twoFactorEnabled } from './events.ts'

/**
 * Called when the first factor was added: tells the user, and ends every session but `exceptId`, because those that were
 * opened by the password alone have to sign in again with both.
 */
export const announceSwitchedOn = async (
  ctx: Context<Actor>,
  { userId, exceptId }: { readonly userId: string; readonly exceptId: string | null },
): Promise<void> => {
  const letters = await securityNotice(ctx, userId, { text: 'two-factor:enabled', page })
  await ctx.announce(twoFactorEnabled, {}, { userId, letters })
  await endOtherSessions(ctx, { userId, exceptId, reason: 'two-factor-enabled' })
}

/** Called when the last factor was removed: tells the user. */
export const announceSwitchedOff = async (ctx: Context<Actor>, userId: string): Promise<void> => {
  const letters = await securityNotice(ctx, userId, { text: 'two-factor:disabled', page })
  await ctx.announce(twoFactorDisabled, {}, { userId, letters })
}

/**
 * Called after a factor was removed: deletes the codes with the last one. True while a second step remains. A passkey that
 * has not verified its user yet keeps the codes, because it may become a factor and they came with it.
 */
export const keepsSecondStep = async (ctx: Context<Actor>, userId: string): Promise<boolean> => {
  if (await isTwoFactorOn(ctx, userId)) return true
  if (!(await hasDormantFactor(ctx, userId))) await dropCodes(ctx, userId)
  return false
}
