import type { Way } from '@latchkey/kit'
import { checkPassword } from './check-password.ts'
import { findPassword } from './store.ts'

export const passwordWay: Way = {
  method: 'password',
  strength: 10,
  isSecondFactor: false,
  isGuessable: true,
  available: async (ctx, userId) => (await findPassword(ctx.db, userId)) !== null,
  verify: (ctx, userId, proof) => checkPassword(ctx, userId, proof),
}
