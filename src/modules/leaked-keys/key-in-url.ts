import type { Context, Visitor } from '@latchkey/kit'
import { securityNotice } from '#modules/person/api.ts'
import { dayMs } from '#platform/clock/moment.ts'
import { credentialSentInUrl } from './events.ts'
import { findOwner } from './owners.ts'
import { claimNotice, isDue } from './store.ts'

const writtenEveryMs = 60_000
export const mailedEveryMs = dayMs

/**
 * Reports a working key found in an address: in its owner's trail at most once a minute, and by mail at most once a day. A
 * value that was never issued, or has ended, is not recorded, so that an attacker cannot fill a trail with made-up values.
 */
export const noteKeyInUrl = async (ctx: Context<Visitor>, value: string): Promise<void> => {
  const found = await findOwner(ctx.db, value, ctx.now())
  if (!found || found.owner.isDisabled) return
  const { userId, credentialId, lastFour } = found.owner
  const at = ctx.now()
  const written = { subject: `written:${credentialId}`, at, everyMs: writtenEveryMs }
  if (!(await isDue(ctx.db, written))) return
  await ctx.transaction(async (ctx) => {
    if (!(await claimNotice(ctx.db, written))) return
    const mailed = { subject: `mailed:${userId}`, at, everyMs: mailedEveryMs }
    const text = `leaked-keys:${found.kind}`
    const letters = (await claimNotice(ctx.db, mailed))
      ? await securityNotice(ctx, userId, { text, page: found.page, values: { what: lastFour } })
      : []
    const data = { kind: found.kind, lastFour }
    const about = { userId, target: credentialId, result: 'failure', letters } as const
    await ctx.announce(credentialSentInUrl, data, about)
  })
}
