import { type Context, fieldRefusal, Refusal, type Rule } from '@latchkey/kit'
import { lockPerson } from '#modules/person/api.ts'
import { acknowledge, checkCode, prepareCodes, saveCodes } from '#modules/recovery-codes/api.ts'
import { listDevices, requireStillSignedIn } from '#modules/sessions/api.ts'
import { iso } from '#platform/clock/moment.ts'
import { guard } from '#platform/identity/guard.ts'
import { reopenCodeGuesses } from '#platform/identity/judge-guess.ts'
import { isTwoFactorOn } from '#platform/identity/methods.ts'
import { type operations, refusals } from '../contract.ts'

type Ops = typeof operations

/** Closed by a hundred wrong codes in a row, they are open again once a factor was bound anew (NIST SP 800-63B-4 §3.2.2). */
export const reopenCodes = async (ctx: Context): Promise<void> => {
  const { userId } = ctx.actor
  const knownDevices = await listDevices(ctx.db, userId)
  await reopenCodeGuesses(ctx, { account: userId, knownDevices })
}

export const regenerateCodes: Rule<Ops['regenerateCodes']> = async (ctx) => {
  const { userId } = ctx.actor
  if (!(await isTwoFactorOn(ctx, userId))) throw new Refusal(refusals.no_codes)
  const prepared = await prepareCodes(ctx)
  return ctx.transaction(async (ctx) => {
    // Making them takes half a second, in which a recovery may have deleted the earlier codes.
    await lockPerson(ctx.db, userId)
    await requireStillSignedIn(ctx)
    await reopenCodes(ctx)
    return { recoveryCodes: [...(await saveCodes(ctx, userId, prepared))] }
  })
}

export const acknowledgeCodes: Rule<Ops['acknowledgeCodes']> = async (ctx, { code }) => {
  const { userId } = ctx.actor
  // Counted like every other place where a code can be tried: guesses would otherwise be free here.
  const right = await guard(
    ctx,
    { account: userId, kind: 'second-factor' },
    async () => (await checkCode(ctx, userId, code)) !== null,
  )
  if (!right) throw fieldRefusal(refusals.code_wrong, '/code')
  return ctx.transaction(async (ctx) => {
    await acknowledge(ctx)
    return { savedAt: iso(ctx.now()) }
  })
}
