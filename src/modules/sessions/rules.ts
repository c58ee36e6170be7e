import { Refusal, type Rule } from '@latchkey/kit'
import type { Location } from '#platform/client/location.ts'
import { iso, isoOrNull } from '#platform/clock/moment.ts'
import { readMomentCursor, writeMomentCursor } from '#platform/paging/moment-cursor.ts'
import { pageOf } from '#platform/paging/page.ts'
import { type operations, refusals, type Session } from './contract.ts'
import { otherSessionsRevoked, sessionRenamed, sessionRevoked } from './events.ts'
import {
  countOpenSessions,
  endSession,
  endSessions,
  findSession,
  listOpenSessions,
  renameSession,
  type SessionRow,
} from './store.ts'
import { watchSession } from './watch.ts'

type Ops = typeof operations

const view = (row: SessionRow, current: string, deviceFirstSeenAt: number | null): Session => ({
  id: row.id,
  name: row.name,
  isCurrent: row.id === current,
  browser: row.browser,
  browserVersion: row.browser_version,
  operatingSystem: row.os,
  operatingSystemVersion: row.os_version,
  deviceModel: row.device_model,
  deviceType: row.device_type as Session['deviceType'],
  engine: row.engine,
  architecture: row.architecture,
  address: row.address,
  location: {
    kind: row.location_kind as Location['kind'],
    countryCode: row.country,
    city: row.city,
  },
  signInMethod: row.method,
  keepSignedIn: row.keep_signed_in_at !== null,
  createdAt: iso(row.created_at),
  lastAuthenticatedAt: iso(row.authenticated_at),
  lastActiveAt: iso(row.active_at),
  modifiedAt: iso(row.modified_at),
  expiresAt: iso(row.expires_at),
  // Being used moves it, but never beyond the end of the whole.
  idleExpiresAt: iso(Math.min(row.expires_at, row.active_at + row.idle_ms)),
  deviceFirstSeenAt: isoOrNull(deviceFirstSeenAt),
})

export const list: Rule<Ops['list']> = async (ctx, { after, limit }) => {
  const { userId, credentialId } = ctx.actor
  const cursor = readMomentCursor('ses', after)
  const rows = await listOpenSessions(ctx.db, {
    userId,
    liveAt: ctx.now(),
    after: cursor,
    limit,
  })
  const { page, next } = pageOf(rows, limit, ({ active_at: at, id }) =>
    writeMomentCursor({ at, id }),
  )
  const others = page.filter((row) => row.id !== credentialId)
  const shown = others.map((row) => view(row, credentialId, row.first_seen_at))
  if (!cursor) {
    // This device leads the first page wherever its last activity would put it.
    const own =
      page.find((row) => row.id === credentialId) ?? (await findSession(ctx.db, credentialId))
    if (own) shown.unshift(view(own, credentialId, own.first_seen_at))
  }
  return {
    sessions: shown,
    next,
    total: await countOpenSessions(ctx.db, userId, ctx.now()),
  }
}

/** Opens nothing and ends nothing, so it is not confirmed; what has ended keeps the name it had. */
export const rename: Rule<Ops['rename']> = (ctx, { sessionId, name }) =>
  ctx.transaction(async (ctx) => {
    const row = await renameSession(
      ctx.db,
      { userId: ctx.actor.userId, id: sessionId },
      { name, at: ctx.now() },
    )
    if (!row) throw new Refusal(refusals.not_found)
    await ctx.announce(sessionRenamed, { name }, { target: row.id })
    return row
  })

const deviceName = (row: { browser: string | null; os: string | null }): string =>
  [row.browser, row.os].filter(Boolean).join(', ') || 'unknown'

export const end: Rule<Ops['end']> = (ctx, { sessionId }) =>
  ctx.transaction(async (ctx) => {
    const ended = await endSession(
      ctx.db,
      { userId: ctx.actor.userId, id: sessionId },
      { at: ctx.now(), reason: 'revoked' },
    )
    if (!ended) throw new Refusal(refusals.not_found)
    await ctx.announce(sessionRevoked, { device: deviceName(ended) }, { target: sessionId })
    return {}
  })

export const endOthers: Rule<Ops['endOthers']> = (ctx) =>
  ctx.transaction(async (ctx) => {
    const { userId, credentialId } = ctx.actor
    const open = (await countOpenSessions(ctx.db, userId, ctx.now())) - 1
    await endSessions(
      ctx.db,
      { userId, exceptId: credentialId },
      { at: ctx.now(), reason: 'revoked' },
    )
    const endedSessions = Math.max(0, open)
    if (endedSessions > 0) await ctx.announce(otherSessionsRevoked, { endedSessions })
    return { endedSessions }
  })

export const watch: Rule<Ops['watch']> = async (ctx) => watchSession(ctx, ctx.actor.credentialId)
