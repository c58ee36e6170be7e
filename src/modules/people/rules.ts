import type { Context, Input, Person, Rule, System } from '@latchkey/kit'
import { Refusal } from '@latchkey/kit'
import {
  lockPerson,
  type PersonTables,
  pictureUrl,
  raiseEpoch,
  requireEmail,
  requireManageable,
  requireNotAbove,
  updatePerson,
} from '#modules/person/api.ts'
import { endOtherSessions, endPendingOf, requireStillSignedIn } from '#modules/sessions/api.ts'
import { iso, isoOrNull } from '#platform/clock/moment.ts'
import { pageOf } from '#platform/paging/page.ts'
import { type operations, type PersonRow, refusals } from './contract.ts'
import { personDisabled, personEnabled } from './events.ts'
import { invite as inviteByMail } from './send-invitation.ts'
import { listPeople, lockActiveOwners } from './store.ts'

type Ops = typeof operations
type Row = PersonTables['people']

export const encodeCursor = (row: Row): string =>
  Buffer.from(JSON.stringify([row.name, row.id])).toString('base64url')

/** A cursor is ours or it is nothing: a made-up one starts from the beginning. */
export const decodeCursor = (text: string | undefined): { name: string; id: string } | null => {
  if (!text) return null
  try {
    const [name, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    if (typeof name !== 'string' || typeof id !== 'string') return null
    // No name of ours has one, and PostgreSQL would choke on a null character.
    return /\p{Cc}/u.test(name + id) ? null : { name, id }
  } catch {
    return null
  }
}

type Recovery = { readonly startedAt: number; readonly readyAt: number }

const personRow = (row: Row, you: string, recovery: Recovery | undefined): PersonRow => ({
  userId: row.id,
  name: row.name,
  email: row.email,
  username: row.username,
  role: row.role,
  pictureUrl: pictureUrl(row.id, row.picture_version),
  isYou: row.id === you,
  createdAt: iso(row.created_at),
  disabledAt: isoOrNull(row.disabled_at),
  recovery: recovery
    ? { startedAt: iso(recovery.startedAt), readyAt: iso(recovery.readyAt) }
    : null,
})

export const list: Rule<Ops['list']> = async (ctx, { after, limit }) => {
  const rows = await listPeople(ctx.db, {
    organisationId: ctx.actor.organisation.id,
    after: decodeCursor(after),
    limit,
  })
  const { page, next } = pageOf(rows, limit, encodeCursor)
  // Only those who can help see that a user lost every way in; other colleagues do not.
  const recoveries = await ctx.catalogue.listOpenRecoveries(
    ctx.db,
    ctx.actor.permissions.has('people.manage') ? page.map((row) => row.id) : [],
  )
  return {
    people: page.map((row) => personRow(row, ctx.actor.userId, recoveries.get(row.id))),
    next,
  }
}

export const invite: Rule<Ops['invite']> = async (ctx, input) => {
  const email = requireEmail(input.email)
  requireNotAbove(ctx.actor, input.role)
  const { organisation, name: inviter } = ctx.actor
  return ctx.transaction(async (ctx) => {
    // The account outlives the inviter's session, so a session that was ended meanwhile must not invite.
    await lockPerson(ctx.db, ctx.actor.userId)
    await requireStillSignedIn(ctx)
    const { invitationId, expiresAt } = await inviteByMail(ctx, {
      email,
      role: input.role,
      organisation,
      by: { mail: { text: 'people:invitation', values: { inviter } } },
    })
    return { invitationId, expiresAt: iso(expiresAt) }
  })
}

export const disable = async (ctx: Context<Person | System>, { userId }: Input<Ops['disable']>) =>
  ctx.transaction(async (ctx) => {
    const person = await requireManageable(ctx, userId)
    const owners = await lockActiveOwners(ctx.db, person.organisation_id)
    if (owners.length === 1 && owners[0] === userId) throw new Refusal(refusals.last_owner)
    if (person.disabled_at !== null) return {}
    await updatePerson(ctx.db, userId, { disabled_at: ctx.now(), updated_at: ctx.now() })
    await raiseEpoch(ctx.db, userId)
    const endedSessions = await endOtherSessions(ctx, {
      userId,
      exceptId: null,
      reason: 'disabled',
    })
    await endPendingOf(ctx.db, userId, ctx.now())
    await ctx.announce(personDisabled, { endedSessions }, { userId, target: userId })
    return {}
  })

export const enable = async (ctx: Context<Person | System>, { userId }: Input<Ops['enable']>) =>
  ctx.transaction(async (ctx) => {
    const person = await requireManageable(ctx, userId)
    if (person.disabled_at === null) return {}
    await updatePerson(ctx.db, userId, { disabled_at: null, updated_at: ctx.now() })
    await ctx.announce(personEnabled, {}, { userId, target: userId })
    return {}
  })
