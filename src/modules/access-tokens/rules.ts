import { type Context, fieldRefusal, Refusal, type Rule } from '@latchkey/kit'
import { lockPerson, securityNotice } from '#modules/person/api.ts'
import { requireStillSignedIn } from '#modules/sessions/api.ts'
import { dayMs, hourMs, iso, isoOrNull } from '#platform/clock/moment.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { lastFour, newKey } from '#platform/crypto/key-format.ts'
import { grants } from '#platform/identity/scopes.ts'
import { pageOf } from '#platform/paging/page.ts'
import { tokenPrefix } from './authenticator.ts'
import {
  type AccessToken,
  listedAfterEndDays,
  longestLifetimeDays,
  type operations,
  pages,
  refusals,
  tokensMax,
  usualLifetimeDays,
} from './contract.ts'
import { tokenCreated, tokenRevoked, tokenRotated } from './events.ts'
import { stageAt } from './jobs.ts'
import { tokenSettings } from './settings.ts'
import {
  claimForRotation,
  countLive,
  endRotated,
  findOwnToken,
  insertToken,
  listTokens,
  revokeToken,
  type TokenRow,
} from './store.ts'

type Ops = typeof operations

const overlapHours = 24

export const stateOf = (row: TokenRow, now: number): AccessToken['state'] => {
  if (row.revoked_at !== null) return 'revoked'
  if (row.expires_at !== null && row.expires_at <= now) return 'expired'
  return row.replaced_by === null ? 'active' : 'replaced'
}

const view = (row: TokenRow, now: number): AccessToken => ({
  id: row.id,
  name: row.name,
  lastFour: row.last_four,
  scopes: JSON.parse(row.scopes) as string[],
  state: stateOf(row, now),
  createdAt: iso(row.created_at),
  expiresAt: isoOrNull(row.expires_at),
  revokedAt: isoOrNull(row.revoked_at),
  revokedBecause: row.revoke_reason as AccessToken['revokedBecause'],
  replacedBy: row.replaced_by,
  lastUsedAt: isoOrNull(row.last_used_at),
  lastUsedAddress: row.last_used_address,
  lastUsedAgent: row.last_used_agent,
})

export const offer: Rule<Ops['offer']> = async (ctx) => {
  const { scopes, neededScopes } = ctx.catalogue
  return {
    scopes: scopes.map(({ id, label, allows }) => ({
      ...{ id, label, allows },
      isNeededHere: [...neededScopes].some((needed) => grants(new Set([id]), needed)),
      implies: scopes
        .filter((other) => other.id !== id && grants(new Set([id]), other.id))
        .map((other) => other.id),
    })),
    usualLifetimeDays,
    lifetimeDaysMax: ctx.config.read(tokenSettings).lifetimeDaysMax ?? null,
  }
}

export const list: Rule<Ops['list']> = async (ctx, { state, after, limit }) => {
  const now = ctx.now()
  const rows = await listTokens(ctx.db, {
    ...{ userId: ctx.actor.userId, state, now, after },
    endedSince: now - listedAfterEndDays * dayMs,
    limit,
  })
  const { page, next } = pageOf(rows, limit, ({ id }) => id)
  return { tokens: page.map((row) => view(row, now)), next }
}

const wrongExpiry = (reason: 'expires_in_past' | 'lifetime_too_long'): Refusal =>
  fieldRefusal(refusals[reason], '/expiresAt')

/** Epoch milliseconds, or null for never. The default is cut to the allowed maximum; a longer requested one is refused. */
const requireExpiry = (ctx: Context, asked: string | null | undefined): number | null => {
  const { lifetimeDaysMax } = ctx.config.read(tokenSettings)
  const daysMax = lifetimeDaysMax ?? longestLifetimeDays
  const now = ctx.now()
  if (asked === undefined) return now + Math.min(usualLifetimeDays, daysMax) * dayMs
  if (asked === null) {
    if (lifetimeDaysMax !== undefined) throw wrongExpiry('lifetime_too_long')
    return null
  }
  const at = Date.parse(asked)
  if (at <= now) throw wrongExpiry('expires_in_past')
  // A day of grace: "in 90 days" from a page means the end of that day.
  if (at > now + (daysMax + 1) * dayMs) throw wrongExpiry('lifetime_too_long')
  return at
}

type Wanted = Pick<TokenRow, 'id' | 'name' | 'scopes' | 'expires_at'>

const issue = async (ctx: Context, wanted: Wanted): Promise<{ token: string; row: TokenRow }> => {
  const token = newKey(ctx.random, tokenPrefix)
  const now = ctx.now()
  const row: TokenRow = {
    ...wanted,
    user_id: ctx.actor.userId,
    token_hash: sha256(token),
    last_four: lastFour(token),
    created_at: now,
    revoked_at: null,
    revoke_reason: null,
    replaced_by: null,
    last_used_at: null,
    last_used_address: null,
    last_used_agent: null,
    // A token made for a week needs no reminder two weeks ahead.
    reminded_days: wanted.expires_at === null ? null : stageAt(wanted.expires_at, now),
  }
  await insertToken(ctx.db, row)
  return { token, row }
}

/** Requires room for one more. The caller has locked the person, so that two requests cannot both take the last place. */
const requireRoom = async (ctx: Context): Promise<void> => {
  const live = await countLive(ctx.db, ctx.actor.userId, ctx.now())
  if (live >= tokensMax) throw new Refusal(refusals.too_many)
}

export const create: Rule<Ops['create']> = (ctx, input) =>
  ctx.transaction(async (ctx) => {
    const { userId } = ctx.actor
    const offered = new Set(ctx.catalogue.scopes.map((scope) => scope.id))
    const asked = [...new Set(input.scopes)]
    const granted = asked.filter((scope) => offered.has(scope))
    const expiresAt = requireExpiry(ctx, input.expiresAt)
    await lockPerson(ctx.db, userId)
    await requireStillSignedIn(ctx)
    await requireRoom(ctx)
    const { token, row } = await issue(ctx, {
      id: ctx.random.id('tok'),
      name: input.name,
      scopes: JSON.stringify(granted),
      expires_at: expiresAt,
    })
    const letters = await securityNotice(ctx, userId, {
      text: 'access-tokens:created',
      page: pages.list,
      values: { what: row.name },
    })
    const about = { target: row.id, letters }
    await ctx.announce(tokenCreated, { name: row.name, scopes: granted }, about)
    return {
      token,
      accessToken: view(row, ctx.now()),
      ignoredScopes: asked.filter((scope) => !offered.has(scope)),
    }
  })

/** The lifetime of the old token once more, within today's maximum. */
const expiryAfterRotation = (ctx: Context, old: TokenRow): number | null => {
  const { lifetimeDaysMax } = ctx.config.read(tokenSettings)
  const cap = lifetimeDaysMax === undefined ? Number.POSITIVE_INFINITY : lifetimeDaysMax * dayMs
  const lifetime = (old.expires_at ?? Number.POSITIVE_INFINITY) - old.created_at
  const shorter = Math.min(lifetime, cap)
  return shorter === Number.POSITIVE_INFINITY ? null : ctx.now() + shorter
}

export const rotate: Rule<Ops['rotate']> = (ctx, { tokenId, overlap }) =>
  ctx.transaction(async (ctx) => {
    const which = { userId: ctx.actor.userId, id: tokenId }
    const now = ctx.now()
    await lockPerson(ctx.db, which.userId)
    await requireStillSignedIn(ctx)
    const newId = ctx.random.id('tok')
    const old = await claimForRotation(ctx.db, which, { replacedBy: newId, now })
    if (!old) {
      const found = await findOwnToken(ctx.db, which)
      const isOver = !found || ['revoked', 'expired'].includes(stateOf(found, now))
      throw new Refusal(isOver ? refusals.not_found : refusals.already_rotated)
    }
    const hours = overlap === 'none' ? 0 : overlapHours
    // The old token counts for a day longer, beside the new one. Without an overlap the new one replaces it at once.
    if (hours > 0) await requireRoom(ctx)
    const lastMoment = now + hours * hourMs
    await endRotated(
      ctx.db,
      old.id,
      hours === 0
        ? { expires_at: old.expires_at, revoked_at: now, revoke_reason: 'rotated' }
        : {
            expires_at: Math.min(old.expires_at ?? lastMoment, lastMoment),
            revoked_at: null,
            revoke_reason: null,
          },
    )
    const { token, row } = await issue(ctx, {
      id: newId,
      name: old.name,
      scopes: old.scopes,
      expires_at: expiryAfterRotation(ctx, old),
    })
    const letters = await securityNotice(ctx, which.userId, {
      text: 'access-tokens:rotated',
      page: pages.list,
      values: { what: row.name },
    })
    const data = { name: row.name, overlapHours: hours }
    await ctx.announce(tokenRotated, data, { target: row.id, letters })
    return { token, accessToken: view(row, now) }
  })

export const revoke: Rule<Ops['revoke']> = (ctx, { tokenId }) =>
  ctx.transaction(async (ctx) => {
    const which = { userId: ctx.actor.userId, id: tokenId }
    const revoked = await revokeToken(ctx.db, which, ctx.now())
    if (!revoked) throw new Refusal(refusals.not_found)
    const data = { name: revoked.name, because: 'revoked' } as const
    await ctx.announce(tokenRevoked, data, { target: revoked.id })
    return {}
  })
