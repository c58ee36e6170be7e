import type { Context, System } from '@latchkey/kit'
import { deleteAllSetups, raiseSteps } from './store.ts'
import { stepAt } from './totp.ts'

/** A code that was used after the backup must not be used a second time (RFC 6238 §5.2). */
export const afterRestore = async (ctx: Context<System>) => ({
  authenticatorSetups: await deleteAllSetups(ctx.db),
  authenticatorCodes: await raiseSteps(ctx.db, stepAt(ctx.now())),
})
