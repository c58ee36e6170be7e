import { fieldRefusal, issuing, Refusal, type Rule } from '@latchkey/kit'
import { findPersonByEmail, lockPerson, raiseEpoch, requireEmail } from '#modules/person/api.ts'
import {
  endOtherSessions,
  endPendingOf,
  renewSession,
  requireStillSignedIn,
} from '#modules/sessions/api.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { hashPassword, verifyPassword } from '#platform/crypto/password-hash.ts'
import { guard } from '#platform/identity/guard.ts'
import {
  issueOneTimeToken,
  mayMailAgain,
  voidOneTimeTokens,
} from '#platform/identity/one-time-token.ts'
import { type operations, pages, refusals } from './contract.ts'
import { passwordChanged, passwordChangeFailed, resetRequested } from './events.ts'
import { assess as assessPassword, personOf, reasons, requireAcceptable } from './policy.ts'
import { changedNotice, resetKind } from './replace-forgotten.ts'
import { whatStillWorks } from './still-working.ts'
import { findPassword, replacePassword } from './store.ts'

type Ops = typeof operations

const resetSeconds = 30 * 60

export const change: Rule<Ops['change']> = async (ctx, { currentPassword, newPassword }) => {
  const { userId, name, email, credentialId } = ctx.actor
  const checked = await findPassword(ctx.db, userId)
  const right = await guard(ctx, { account: userId, kind: 'password' }, async () => {
    const { right } = await verifyPassword(ctx, checked, currentPassword)
    return right
  })
  if (!right || !checked) {
    await ctx.announce(passwordChangeFailed, {}, { result: 'failure' })
    throw fieldRefusal(refusals.wrong, '/currentPassword')
  }
  if (currentPassword.normalize('NFC') === newPassword.normalize('NFC'))
    throw new Refusal(refusals.too_weak, {
      fields: [{ pointer: '/newPassword', code: 'same', message: reasons.same(0) }],
    })
  await requireAcceptable(ctx, newPassword, { name, email, pointer: '/newPassword' })
  const next = await hashPassword(ctx, newPassword)
  return ctx.transaction(async (ctx) => {
    // Locked first, like in every change of an account, because a different order could deadlock. Hashing takes
    // long enough for the owner to have ended this session meanwhile.
    await lockPerson(ctx.db, userId)
    await requireStillSignedIn(ctx)
    const won = await replacePassword(ctx.db, { userId, checked, next, at: ctx.now() })
    if (!won) throw new Refusal(refusals.wrong)
    await raiseEpoch(ctx.db, userId)
    const endedSessions = await endOtherSessions(ctx, {
      userId,
      exceptId: credentialId,
      reason: 'password-changed',
    })
    await voidOneTimeTokens(ctx, resetKind, userId)
    await endPendingOf(ctx.db, userId, ctx.now())
    const session = await renewSession(ctx, 'password')
    const stillWorking = await whatStillWorks(ctx, userId)
    await ctx.announce(
      passwordChanged,
      { how: 'change', endedSessions },
      { letters: [await changedNotice(ctx, { email, name }, stillWorking)] },
    )
    return issuing({ endedSessions, stillWorking }, { session })
  })
}

export const assess: Rule<Ops['assess']> = async (ctx, { password, name, email, token }) => {
  const person = await personOf(ctx, {
    ...(name ? { name } : {}),
    ...(email ? { email } : {}),
    token,
  })
  const found = await assessPassword(ctx, password, person)
  return { ...found, weaknesses: [...found.weaknesses], acceptable: found.weaknesses.length === 0 }
}

/**
 * One answer, one commit and one entry in the trail, whether the address exists or not. It does not wait for mail.
 * A malformed address is refused before anything is looked up.
 */
export const requestReset: Rule<Ops['requestReset']> = async (ctx, input) => {
  const person = await findPersonByEmail(ctx.db, requireEmail(input.email))
  const to = person && person.disabled_at === null ? person : null
  await ctx.transaction(async (ctx) => {
    if (!to || !(await mayMailAgain(ctx, resetKind, to.email))) {
      await ctx.announce(resetRequested, {}, { userId: to?.id ?? null, result: 'failure' })
      return
    }
    const token = await issueOneTimeToken(ctx, {
      kind: resetKind,
      userId: to.id,
      recipient: to.email,
      ttlSeconds: resetSeconds,
    })
    const link = publicLink(ctx.config, pages.reset, { name: 'token', value: token })
    const values = { name: to.name, link, minutes: String(resetSeconds / 60) }
    // To the stored address, never to the typed one.
    await ctx.announce(
      resetRequested,
      {},
      { userId: to.id, letters: [{ to: to.email, text: 'password:reset', values }] },
    )
  })
  return {}
}
