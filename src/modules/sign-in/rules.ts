import { type Actor, type Context, issuing, Refusal, type Rule } from '@latchkey/kit'
import { signInSettings } from '#modules/invitations/api.ts'
import { checkPassword, passwordMethod } from '#modules/password/api.ts'
import { findOnlyOrganisation, findPersonByEmail, lockPerson } from '#modules/person/api.ts'
import { completeSignIn, endOwnSession, listDevices } from '#modules/sessions/api.ts'
import { installationFact } from '#platform/crypto/installation.ts'
import { canonicalEmail } from '#platform/identity/canonical-email.ts'
import { judge } from '#platform/identity/guard.ts'
import { liftGuessLock } from '#platform/identity/judge-guess.ts'
import { proofBy } from '#platform/identity/methods.ts'
import { consumeOneTimeToken } from '#platform/identity/one-time-token.ts'
import { type operations, refusals } from './contract.ts'
import { lockLifted, signedOut, signInFailed } from './events.ts'
import { liftKind } from './guess-warning.ts'
import { findOwnPending } from './rules/second-step.ts'
import { setupFact } from './setup.ts'

type Ops = typeof operations
type Known = NonNullable<Awaited<ReturnType<typeof findPersonByEmail>>>

export const status: Rule<Ops['status']> = async (ctx) => {
  const organisation = await findOnlyOrganisation(ctx.db)
  return {
    setup: (await installationFact(ctx.db, setupFact)) === null ? 'waiting' : 'done',
    signUp: ctx.config.read(signInSettings).signUp,
    organisationName: organisation?.name ?? null,
    signedIn: ctx.actor.kind === 'session',
    pending: (await findOwnPending(ctx)) !== undefined,
  }
}

const announceFailure = (ctx: Context<Actor>, person: Known | undefined): Promise<void> =>
  ctx.transaction((ctx) =>
    ctx.announce(
      signInFailed,
      { method: 'password' },
      { userId: person?.id ?? null, result: 'failure' },
    ),
  )

export const liftLock: Rule<Ops['liftLock']> = (ctx, { token }) =>
  ctx.transaction(async (ctx) => {
    const used = await consumeOneTimeToken(ctx, liftKind, token)
    if (!used?.userId) throw new Refusal(refusals.link_invalid)
    // Locks many counts, as a reset does: of two simultaneous calls, the second waits here.
    await lockPerson(ctx.db, used.userId)
    const knownDevices = await listDevices(ctx.db, used.userId)
    await liftGuessLock(ctx, { account: used.userId, knownDevices })
    await ctx.announce(lockLifted, {}, { userId: used.userId })
    return {}
  })

/**
 * One answer for a wrong password, an unknown address and a disabled account, and the same work for all three:
 * the password is always hashed, and the failure always written down.
 */
export const start: Rule<Ops['start']> = async (ctx, { email, password, keepSignedIn }) => {
  const canonical = canonicalEmail(email)
  const person = canonical ? await findPersonByEmail(ctx.db, canonical) : undefined
  const { right, forgive } = await judge(
    ctx,
    { account: person?.id ?? `unknown ${canonical ?? email}`, kind: 'password' },
    async () => {
      const right = await checkPassword(ctx, person?.id ?? null, password)
      // For a disabled account the right password counts as a failure like any other.
      return right && person?.disabled_at === null
    },
  )
  if (!person || !right) {
    await announceFailure(ctx, person)
    throw new Refusal(refusals.failed)
  }
  const signed = await ctx.transaction(async (ctx) => {
    // Checking takes 50 ms and more: a change of password or a disabling meanwhile makes the proof worthless, and the
    // session would carry the new epoch.
    const current = await lockPerson(ctx.db, person.id)
    if (current.credential_epoch !== person.credential_epoch || current.disabled_at !== null)
      return null
    await forgive(ctx)
    return completeSignIn(ctx, {
      userId: person.id,
      proofs: [proofBy(passwordMethod)],
      isComplete: false,
      keepSignedIn,
    })
  })
  if (signed) return signed
  await announceFailure(ctx, person)
  throw new Refusal(refusals.failed)
}

export const end: Rule<Ops['end']> = (ctx) =>
  ctx.transaction(async (ctx) => {
    if (await endOwnSession(ctx, 'signed-out')) await ctx.announce(signedOut, {})
    return issuing({}, { session: null })
  })
