import type { Context, Job, System } from '@latchkey/kit'
import { findPersonById } from '#modules/person/api.ts'
import { dayMs, isoDay } from '#platform/clock/moment.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { listedAfterEndDays, pages } from './contract.ts'
import { tokenExpiring } from './events.ts'
import { claimReminder, deleteEnded, listToRemind } from './store.ts'

/** Days before the end at which the owner is reminded; 0: it has ended. */
const stages = [0, 3, 14] as const
const batchMax = 100
/** Days. After a long standstill, no reminder is sent for a token that ended earlier than this. */
const lateMax = 7

/** The latest reminder that is due for this end; null while the end is far. */
export const stageAt = (expiresAt: number, now: number): number | null =>
  stages.find((days) => expiresAt <= now + days * dayMs) ?? null

type Due = Awaited<ReturnType<typeof listToRemind>>[number]

const remind = (ctx: Context<System>, due: Due, days: number): Promise<void> =>
  ctx.transaction(async (ctx) => {
    const person = await findPersonById(ctx.db, due.user_id)
    if (!person || !(await claimReminder(ctx.db, due.id, days))) return
    const values = {
      name: person.name,
      what: due.name,
      days: String(days),
      date: isoDay(due.expires_at ?? 0),
      link: publicLink(ctx.config, days === 0 ? pages.create : pages.list),
    }
    const text = days === 0 ? 'access-tokens:expired' : 'access-tokens:expiring'
    const letters = person.disabled_at === null ? [{ to: person.email, text, values }] : []
    const data = { name: due.name, days }
    await ctx.announce(tokenExpiring, data, { userId: person.id, target: due.id, letters })
  })

/** 14 days, 3 days and 0 days before the end. Each is claimed in one statement, so two processes send one mail. */
export const remindOfExpiry = async (ctx: Context<System>, signal?: AbortSignal): Promise<void> => {
  const now = ctx.now()
  const remindThose = async (days: number, reminded: number | null): Promise<void> => {
    let found: readonly Due[]
    do {
      found = await listToRemind(ctx.db, {
        ...{ reminded, limit: batchMax },
        until: now + days * dayMs,
        since: now - lateMax * dayMs,
      })
      for (const due of found) {
        signal?.throwIfAborted()
        await remind(ctx, due, days)
      }
    } while (found.length === batchMax)
  }
  for (const days of stages)
    for (const reminded of [null, ...stages.filter((stage) => stage > days)])
      await remindThose(days, reminded)
}

export const jobs: readonly Job[] = [
  { name: 'access-tokens.remind', everySeconds: 900, run: remindOfExpiry },
  {
    name: 'access-tokens.delete-ended',
    everySeconds: 24 * 3600,
    run: (ctx, signal) => deleteEnded(ctx.db, ctx.now() - listedAfterEndDays * dayMs, signal),
  },
]
