import { type Actor, type Context, type Letter, Refusal } from '@latchkey/kit'
import {
  findInvitationTo,
  insertInvitation,
  invitationKind,
  mayJoin,
  updateInvitation,
} from '#modules/invitations/api.ts'
import { findPersonByEmail, requireNotAbove } from '#modules/person/api.ts'
import type { Role } from '#modules/person/contract.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { lockInTransaction } from '#platform/db/dialect.ts'
import {
  issueOneTimeToken,
  mayMailAgain,
  voidOneTimeToken,
} from '#platform/identity/one-time-token.ts'
import { refusals } from './contract.ts'
import { personInvited } from './events.ts'

export const inviteDays = 7

type Invitation = {
  /** Canonical. */
  readonly email: string
  readonly role: Role
  readonly organisation: { readonly id: string; readonly name: string }
  /** What the page suggests for their name; they may change it. */
  readonly name?: string | undefined
  /** `link`: no mail is sent; the caller passes the link on. */
  readonly by: 'link' | { readonly mail: Pick<Letter, 'text' | 'values'> }
}

type Sent = {
  readonly link: string
  readonly expiresAt: number
  readonly letters: readonly Letter[]
  readonly invitationId: string
}

/** Locks until the commit: of two simultaneous invitations of one person, one would leave a link that is not listed. */
export const lockInvitationTo = (ctx: Pick<Context, 'db'>, email: string): Promise<void> =>
  lockInTransaction(ctx.db, Buffer.from(sha256(`invitation ${email}`)).readInt32BE(0))

/** Makes the link, and writes down that it is the one that works: an earlier one to this address is void from here on. */
export const sendInvitation = async (
  ctx: Context<Actor>,
  invitation: Invitation,
): Promise<Sent> => {
  const { email, role, organisation, name, by } = invitation
  const present = await findInvitationTo(ctx.db, { organisationId: organisation.id, email })
  if (present) {
    // Replacing an invitation withdraws it, which needs the same right.
    if ('userId' in ctx.actor) requireNotAbove(ctx.actor, present.role)
    await voidOneTimeToken(ctx, present.token_id)
  }
  const ttlSeconds = inviteDays * 24 * 3600
  const tokenId = ctx.random.id('ott')
  const token = await issueOneTimeToken(ctx, {
    kind: invitationKind,
    id: tokenId,
    userId: null,
    recipient: email,
    ttlSeconds,
    state: { email, role, organisationId: organisation.id, how: 'invitation' },
  })
  const expiresAt = ctx.now() + ttlSeconds * 1000
  const row = {
    id: present?.id ?? ctx.random.id('inv'),
    name: name ?? null,
    role,
    invited_by: 'userId' in ctx.actor ? ctx.actor.userId : null,
    token_id: tokenId,
    sent_at: ctx.now(),
    expires_at: expiresAt,
  }
  if (!present) await insertInvitation(ctx.db, { ...row, organisation_id: organisation.id, email })
  // The invited user joined in this moment: the new link must not outlive that.
  else if (!(await updateInvitation(ctx.db, row))) throw new Refusal(refusals.already_member)
  const suggested = name ? `&name=${encodeURIComponent(name)}` : ''
  const link = publicLink(ctx.config, '/invite', { name: 'token', value: token }) + suggested
  const given = { organisation: organisation.name, link, days: String(inviteDays) }
  const letters =
    by === 'link'
      ? []
      : [{ to: email, text: by.mail.text, values: { ...by.mail.values, ...given } }]
  return { link, expiresAt, letters, invitationId: row.id }
}

/** Makes the link by which a user joins. No account exists before it is used, and only that user chooses the password. */
export const invite = async (
  ctx: Context<Actor>,
  invitation: Invitation,
): Promise<Omit<Sent, 'letters'>> => {
  const { email, role, by } = invitation
  if (!mayJoin(ctx, 'invitation')) throw new Refusal(refusals.closed)
  if (await findPersonByEmail(ctx.db, email)) throw new Refusal(refusals.already_member)
  return ctx.transaction(async (ctx) => {
    await lockInvitationTo(ctx, email)
    // Inviting once more counts as sending again, withdrawn in between or not: it is the same letter box.
    if (by !== 'link' && !(await mayMailAgain(ctx, invitationKind, email)))
      throw new Refusal(refusals.invited_too_often)
    const { link, expiresAt, letters, invitationId } = await sendInvitation(ctx, invitation)
    await ctx.announce(personInvited, { role }, { letters, target: invitationId })
    return { link, expiresAt, invitationId }
  })
}
