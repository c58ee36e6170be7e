import type { Actor, Context } from '@latchkey/kit'
import { lockPerson } from '#modules/person/api.ts'
import { announceSwitchedOn } from '#modules/recovery-codes/api.ts'
import { isTwoFactorOn } from '#platform/identity/methods.ts'
import { markVerified } from './store.ts'

/**
 * Makes this passkey count as two factors. Only after another factor was proven beside it (WebAuthn §7.2, the step on
 * uvInitialized): an attacker can set a PIN on a found key that never had one, which would otherwise be enough.
 */
export const trustPasskey = async (
  ctx: Context<Actor>,
  userId: string,
  passkeyId: string,
): Promise<void> => {
  await lockPerson(ctx.db, userId)
  const wasOn = await isTwoFactorOn(ctx, userId)
  const isNew = await markVerified(ctx.db, { userId, id: passkeyId }, ctx.now())
  if (isNew && !wasOn) await announceSwitchedOn(ctx, { userId, exceptId: null })
}
