import type { AuthMethod } from '@latchkey/kit'
import { verifyPassword } from '@latchkey/kit/server'
import { findPin } from './store.ts'

/**
 * The PIN, as a second factor: asked for after the password, and accepted where a confirmation is wanted. Tries are
 * counted by the caller, together with those of all other codes of the account.
 */
export const badgePin: AuthMethod = {
  id: 'badge-pin',
  strength: 15,
  isSecondFactor: true,
  isGuessable: true,
  available: async (ctx, userId) => (await findPin(ctx.db, userId)) !== null,
  verify: async (ctx, userId, proof) => {
    const { right } = await verifyPassword(ctx, await findPin(ctx.db, userId), proof)
    return right
  },
}
