import type { Actor, AuthMethod, Context } from '@latchkey/kit'
import { acceptStep, hasAuthenticator, listAuthenticators } from './store.ts'
import { driftAfter, momentIn, openSecret, stepOf } from './totp.ts'

/** Tries the code against each app in turn; the first that matches accepts it, once. */
const acceptCode = async (ctx: Context<Actor>, userId: string, typed: string): Promise<boolean> => {
  const code = typed.replace(/\s/g, '')
  if (!/^\d{6}$/.test(code)) return false
  for (const row of await listAuthenticators(ctx.db, userId)) {
    const at = ctx.now()
    const step = stepOf(await openSecret(ctx, row), code, momentIn(row, at))
    if (step === null) continue
    const accepted = { step, at, ...driftAfter(row, step, at) }
    if (await acceptStep(ctx.db, row.id, accepted)) return true
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
