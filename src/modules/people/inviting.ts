import { type Actor, type Context, type Letter, Refusal } from '@latchkey/kit'
import { mayJoin } from '#modules/sign-in/api.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { issueOneTimeToken } from '#platform/identity/one-time-token.ts'
import { type Role, refusals } from './contract.ts'
import { personInvited } from './events.ts'
import { findPersonByEmail } from './store.ts'

export const inviteDays = 7

export type Invitation = {
  /** Canonical. */
  readonly email: string
  readonly role: Role
  readonly organisation: { readonly id: string; readonly name: string }
  /** What the page suggests for their name; they may change it. */
  readonly name?: string | undefined
  /** `link`: nothing is mailed, and whoever asked hands the link over. */
  readonly by: 'link' | { readonly mail: Pick<Letter, 'text' | 'values'> }
}

/** Makes the link that lets somebody join. No account exists before it is used, and nobody but them chooses the password. */
export const invite = async (
  ctx: Context<Actor>,
  { email, role, organisation, name, by }: Invitation,
): Promise<{ readonly link: string; readonly expiresAt: number }> => {
  if (!mayJoin(ctx, 'invitation')) throw new Refusal(refusals.closed)
  if (await findPersonByEmail(ctx.db, email)) throw new Refusal(refusals.already_member)
  const ttlSeconds = inviteDays * 24 * 3600
  return ctx.transaction(async (ctx) => {
    const token = await issueOneTimeToken(ctx, {
      kind: 'join',
      userId: null,
      recipient: email,
      ttlSeconds,
      state: { email, role, organisationId: organisation.id, how: 'invitation' },
    })
    const suggested = name ? `&name=${encodeURIComponent(name)}` : ''
    const link = publicLink(ctx.config, '/invite', { name: 'token', value: token }) + suggested
    const given = { organisation: organisation.name, link, days: String(inviteDays) }
    const letters =
      by === 'link'
        ? []
        : [{ to: email, text: by.mail.text, values: { ...by.mail.values, ...given } }]
    await ctx.announce(personInvited, { role }, { letters })
    return { link, expiresAt: ctx.now() + ttlSeconds * 1000 }
  })
}
