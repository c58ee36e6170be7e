import type { Context, Person, Rule } from '@latchkey/kit'
import { Refusal } from '@latchkey/kit'
import {
  deleteInvitation,
  findInvitation,
  type InvitationTables,
  invitationKind,
  listInvitations as listRows,
  mayJoin,
} from '#modules/invitations/api.ts'
import { lockPerson, requireNotAbove } from '#modules/person/api.ts'
import { Role } from '#modules/person/contract.ts'
import { requireStillSignedIn } from '#modules/sessions/api.ts'
import { iso } from '#platform/clock/moment.ts'
import { mayMailAgain, voidOneTimeToken } from '#platform/identity/one-time-token.ts'
import { readMomentCursor, writeMomentCursor } from '#platform/paging/moment-cursor.ts'
import { pageOf } from '#platform/paging/page.ts'
import { type InvitationRow, type operations, refusals } from '../contract.ts'
import { invitationResent, invitationWithdrawn } from '../events.ts'
import { lockInvitationTo, sendInvitation } from '../send-invitation.ts'

type Ops = typeof operations
type Row = InvitationTables['invitations']

const invitationRow = (row: Row & { readonly inviter: string | null }): InvitationRow => ({
  invitationId: row.id,
  email: row.email,
  role: row.role,
  invitedBy: row.inviter,
  sentAt: iso(row.sent_at),
  expiresAt: iso(row.expires_at),
})

export const listInvitations: Rule<Ops['listInvitations']> = async (ctx, { after, limit }) => {
  const rows = await listRows(ctx.db, {
    organisationId: ctx.actor.organisation.id,
    after: readMomentCursor('inv', after),
    limit,
  })
  const { page, next } = pageOf(rows, limit, ({ sent_at: at, id }) => writeMomentCursor({ at, id }))
  return { invitations: page.map(invitationRow), next }
}

/** The open invitation, locked until the transaction ends. */
const requireInvitation = async (ctx: Context<Person>, id: string): Promise<Row> => {
  const of = { organisationId: ctx.actor.organisation.id, id }
  const seen = await findInvitation(ctx.db, of)
  if (!seen) throw new Refusal(refusals.invitation_not_found)
  await lockInvitationTo(ctx, seen.email)
  const row = await findInvitation(ctx.db, of)
  if (!row) throw new Refusal(refusals.invitation_not_found)
  // Checked against the locked row: an owner may have changed the invitation's role to owner meanwhile.
  requireNotAbove(ctx.actor, row.role)
  return row
}

export const resendInvitation: Rule<Ops['resendInvitation']> = (ctx, { invitationId }) =>
  ctx.transaction(async (ctx) => {
    if (!mayJoin(ctx, 'invitation')) throw new Refusal(refusals.closed)
    await lockPerson(ctx.db, ctx.actor.userId)
    await requireStillSignedIn(ctx)
    const { email, name, ...row } = await requireInvitation(ctx, invitationId)
    if (!(await mayMailAgain(ctx, invitationKind, email)))
      throw new Refusal(refusals.invited_too_often)
    const role = Role.parse(row.role)
    const { organisation, name: inviter } = ctx.actor
    const { letters, expiresAt } = await sendInvitation(ctx, {
      ...{ email, role, organisation, name: name ?? undefined },
      by: { mail: { text: 'people:invitation', values: { inviter } } },
    })
    await ctx.announce(invitationResent, { role }, { letters, target: invitationId })
    return { expiresAt: iso(expiresAt) }
  })

export const withdrawInvitation: Rule<Ops['withdrawInvitation']> = (ctx, { invitationId }) =>
  ctx.transaction(async (ctx) => {
    const { token_id, role } = await requireInvitation(ctx, invitationId)
    // Locked in the order in which joining locks them: the link first, then the invitation.
    await voidOneTimeToken(ctx, token_id)
    if (!(await deleteInvitation(ctx.db, invitationId)))
      throw new Refusal(refusals.invitation_not_found)
    await ctx.announce(invitationWithdrawn, { role }, { target: invitationId })
    return {}
  })
