import type { Actor, AuthMethod, Context } from '@latchkey/kit'
import { checkPassword } from './check-password.ts'
import { findPassword } from './store.ts'

const hasOne = async (ctx: Context<Actor>, userId: string): Promise<boolean> =>
  (await findPassword(ctx.db, userId)) !== null

export const passwordMethod: AuthMethod = {
  id: 'password',
  strength: 10,
  isSecondFactor: false,
  isGuessable: true,
  available: hasOne,
  // Always alone: an account that asks for a second factor afterwards has one.
  entry: async (ctx, userId) => ((await hasOne(ctx, userId)) ? 'alone' : null),
  verify: (ctx, userId, proof) => checkPassword(ctx, userId, proof),
}
