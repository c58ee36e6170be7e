import type { Context, Visitor } from '@latchkey/kit'
import { securityNotice } from '#modules/person/api.ts'
import { dayMs } from '#platform/clock/moment.ts'
import { credentialSentInUrl } from './events.ts'
import { findOwner } from './owners.ts'
import { claimNotice, isDue } from './store.ts'

const writtenEveryMs = 60_000
export const mailedEveryMs = dayMs

/**
 * A working key stood in an address. Its owner finds it in the trail, once a minute at the most, and in a mail once a
 * day. What was never issued, or is over, leaves nothing: nobody can fill a trail with made-up values.
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
