import { type Context, fieldRefusal, Refusal, type Rule } from '@latchkey/kit'
import {
  isDuplicate,
  iso,
  lockPerson,
  pageOf,
  readMomentCursor,
  securityNotice,
  writeMomentCursor,
} from '@latchkey/kit/server'
import { type Badge, badgesMax, type operations, pages, refusals } from './contract.ts'
import { badgeAdded, badgeRemoved } from './events.ts'
import { badgeSettings } from './settings.ts'
import { type BadgeRow, countBadges, deleteBadge, insertBadge, listBadges } from './store.ts'

type Ops = typeof operations

const view = (row: BadgeRow): Badge => ({
  id: row.id,
  number: row.number,
  addedAt: iso(row.created_at),
})

const digitsOf = (ctx: Context): number => ctx.config.read(badgeSettings).digits

export const list: Rule<Ops['list']> = async (ctx, { after, limit }) => {
  const { userId } = ctx.actor
  const rows = await listBadges(ctx.db, { userId, after: readMomentCursor('bdg', after), limit })
  const { page, next } = pageOf(rows, limit, (row) =>
    writeMomentCursor({ at: row.created_at, id: row.id }),
  )
  return { badges: page.map(view), next, digits: digitsOf(ctx) }
}

export const add: Rule<Ops['add']> = async (ctx, { number }) => {
  const { userId } = ctx.actor
  if (number.length !== digitsOf(ctx)) throw fieldRefusal(refusals.wrong_length, '/number')
  const row = { id: ctx.random.id('bdg'), user_id: userId, number, created_at: ctx.now() }
  try {
    await ctx.transaction(async (ctx) => {
      // One at a time, or two at once would each find room for the last one.
      await lockPerson(ctx.db, userId)
      if ((await countBadges(ctx.db, userId)) >= badgesMax) throw new Refusal(refusals.too_many)
      await insertBadge(ctx.db, row)
      const letters = await securityNotice(ctx, userId, {
        text: 'badges:added',
        page: pages.list,
        values: { number },
      })
      await ctx.announce(badgeAdded, { number }, { target: row.id, letters })
    })
  } catch (error) {
    if (isDuplicate(error)) throw fieldRefusal(refusals.taken, '/number')
    throw error
  }
  return view(row)
}

export const remove: Rule<Ops['remove']> = (ctx, { badgeId }) =>
  ctx.transaction(async (ctx) => {
    const gone = await deleteBadge(ctx.db, ctx.actor.userId, badgeId)
    if (!gone) throw new Refusal(refusals.not_found)
    await ctx.announce(badgeRemoved, { number: gone.number }, { target: badgeId })
    return {}
  })
