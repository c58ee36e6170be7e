import type { Confirmation } from '@latchkey/kit'
import { checkPassword } from './check-password.ts'
import { findPassword } from './store.ts'

export const passwordConfirmation: Confirmation = {
  method: 'password',
  strength: 10,
  available: async (ctx, userId) => (await findPassword(ctx.db, userId)) !== null,
  verify: (ctx, proof) => checkPassword(ctx, ctx.actor.userId, proof),
}
