import type { Actor, AuthMethod, Context } from '@latchkey/kit'
import { acceptStep, hasAuthenticator, listAuthenticators } from './store.ts'
import { openSecret, stepOf } from './totp.ts'

/** Tries the code against each app in turn; the first that matches accepts it, once. */
const acceptCode = async (ctx: Context<Actor>, userId: string, typed: string): Promise<boolean> => {
  const code = typed.replace(/\s/g, '')
  if (!/^\d{6}$/.test(code)) return false
  for (const row of await listAuthenticators(ctx.db, userId)) {
    const step = stepOf(await openSecret(ctx, row), code, ctx.now())
    if (step !== null && (await acceptStep(ctx.db, row.id, { step, at: ctx.now() }))) return true
  }
  return false
}

export const authenticatorMethod: AuthMethod = {
  id: 'totp',
  strength: 50,
  isSecondFactor: true,
  isGuessable: true,
  available: (ctx, userId) => hasAuthenticator(ctx.db, userId),
  verify: acceptCode,
}
