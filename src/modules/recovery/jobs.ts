import type { Context, Job, System } from '@latchkey/kit'
import { findPersonById } from '#modules/person/api.ts'
import { hourMs } from '#platform/clock/moment.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { issueOneTimeToken } from '#platform/identity/one-time-token.ts'
import { pages } from './contract.ts'
import { recoveryReady } from './events.ts'
import { finishKind } from './rules.ts'
import { endUnused, listDue, markMailed } from './store.ts'

const batchMax = 50
const linkHours = 24

/** Mails the link to each user whose wait is over, and closes recoveries that were not finished in time. */
export const mailDueRecoveries = async (ctx: Context<System>): Promise<void> => {
  await endUnused(ctx.db, ctx.now() - linkHours * hourMs, ctx.now())
  for (const due of await listDue(ctx.db, ctx.now(), batchMax)) {
    await ctx.transaction(async (ctx) => {
      const person = await findPersonById(ctx.db, due.user_id)
      if (!person || !(await markMailed(ctx.db, due.id, ctx.now()))) return
      const ttlSeconds = linkHours * 3600
      const token = await issueOneTimeToken(ctx, {
        kind: finishKind,
        userId: person.id,
        recipient: person.email,
        ttlSeconds,
      })
      const link = publicLink(ctx.config, pages.recover, { name: 'token', value: token })
      const values = { name: person.name, hours: String(linkHours), link }
      await ctx.announce(
        recoveryReady,
        {},
        { userId: person.id, letters: [{ to: person.email, text: 'recovery:ready', values }] },
      )
    })
  }
}

export const jobs: readonly Job[] = [
  { name: 'recovery.mail-due', everySeconds: 60, run: mailDueRecoveries },
]
