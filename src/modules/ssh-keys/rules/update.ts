import { type Context, Refusal, type Rule } from '@latchkey/kit'
import { lockPerson, securityNotice } from '#modules/person/api.ts'
import { requireStillSignedIn } from '#modules/sessions/api.ts'
import { isoOrNull } from '#platform/clock/moment.ts'
import { type operations, pages, refusals } from '../contract.ts'
import { sshKeyShortened, sshKeyUpdated } from '../events.ts'
import { requireEnd, view } from '../rules.ts'
import { findOwnSshKey, type SshKeyRow, updateSshKey } from '../store.ts'

/** A key without an end outlives every other. */
const endOf = ({ expires_at }: Pick<SshKeyRow, 'expires_at'>): number =>
  expires_at ?? Number.POSITIVE_INFINITY

/** What was not given stays. */
const wantedOf = (
  row: SshKeyRow,
  asked: { readonly title?: string | undefined; readonly expiresAt?: string | null | undefined },
  now: number,
): SshKeyRow => {
  const { title = row.title, expiresAt } = asked
  if (expiresAt === undefined) return { ...row, title }
  return { ...row, title, expires_at: requireEnd(expiresAt, now) }
}

/** A longer life is worth as much to an attacker as a new key, so the owner is told. */
const announceChange = async (ctx: Context, row: SshKeyRow, next: SshKeyRow): Promise<void> => {
  const { id, type, fingerprint, title: name } = next
  const expiresAt = isoOrNull(next.expires_at)
  const data = { name, type, fingerprint, formerName: row.title, expiresAt }
  if (endOf(next) < endOf(row)) return ctx.announce(sshKeyShortened, data, { target: id })
  const letters =
    endOf(next) > endOf(row)
      ? await securityNotice(ctx, ctx.actor.userId, {
          text: next.expires_at === null ? 'ssh-keys:endless' : 'ssh-keys:extended',
          page: pages.list,
          values: { what: name, fingerprint, date: expiresAt?.slice(0, 10) ?? '' },
        })
      : []
  await ctx.announce(sshKeyUpdated, data, { target: id, letters })
}

export const update: Rule<(typeof operations)['update']> = (ctx, { keyId, ...asked }) =>
  ctx.transaction(async (ctx) => {
    const which = { userId: ctx.actor.userId, id: keyId }
    // One change at a time: the current end decides whether the key lives longer.
    await lockPerson(ctx.db, which.userId)
    await requireStillSignedIn(ctx)
    const row = await findOwnSshKey(ctx.db, which)
    if (!row) throw new Refusal(refusals.not_found)
    const next = wantedOf(row, asked, ctx.now())
    const isSame = next.title === row.title && next.expires_at === row.expires_at
    if (isSame) return view(row, ctx.now())
    await updateSshKey(ctx.db, which, { title: next.title, expires_at: next.expires_at })
    await announceChange(ctx, row, next)
    return view(next, ctx.now())
  })
