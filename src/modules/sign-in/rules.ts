import { type Actor, type Context, holding, Refusal, type Rule } from '@latchkey/kit'
import { checkPassword, passwordWay } from '#modules/password/api.ts'
import { findOnlyOrganisation, findPersonByEmail, lockPerson } from '#modules/people/api.ts'
import { endOwnSession, listDevices, recognisedDevice } from '#modules/sessions/api.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { installationFact } from '#platform/crypto/installation.ts'
import { canonicalEmail } from '#platform/identity/canonical-email.ts'
import { judgeGuess, liftGuessLock } from '#platform/identity/guessing.ts'
import { consumeOneTimeToken, issueOneTimeToken } from '#platform/identity/one-time-token.ts'
import { completeSignIn } from './completing.ts'
import { type operations, pages, refusals } from './contract.ts'
import { lockLifted, signedOut, signInFailed } from './events.ts'
import { findOwnPending } from './second-step.ts'
import { signInSettings } from './settings.ts'
import { setupFact } from './setup.ts'

type Ops = typeof operations
type Known = NonNullable<Awaited<ReturnType<typeof findPersonByEmail>>>

const liftKind = 'lift-lock'

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

const warnAfterFailures = 10
const liftHours = 24

/** After ten failures in a row the owner hears of it, once, with a link that ends the waiting. */
const announceFailure = (ctx: Context<Actor>, person: Known | undefined, failures: number) =>
  ctx.transaction(async (ctx) => {
    const about = { userId: person?.id ?? null, result: 'failure' } as const
    if (!person || person.disabled_at !== null || failures !== warnAfterFailures)
      return ctx.announce(signInFailed, { method: 'password' }, about)
    const token = await issueOneTimeToken(ctx, {
      kind: liftKind,
      userId: person.id,
      recipient: person.email,
      ttlSeconds: liftHours * 3600,
    })
    const values = {
      name: person.name,
      failures: String(failures),
      address: ctx.actor.client.address,
      link: publicLink(ctx.config, pages.unlock, { name: 'token', value: token }),
    }
    return ctx.announce(
      signInFailed,
      { method: 'password' },
      { ...about, letters: [{ to: person.email, text: 'sign-in:guessing', values }] },
    )
  })

export const liftLock: Rule<Ops['liftLock']> = (ctx, { token }) =>
  ctx.transaction(async (ctx) => {
    const used = await consumeOneTimeToken(ctx, liftKind, token)
    if (!used?.userId) throw new Refusal(refusals.link_invalid)
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
  const knownDevice = await recognisedDevice(ctx, person?.id ?? '')
  const { right, failures, forgive } = await judgeGuess(
    ctx,
    { account: person?.id ?? `unknown ${canonical ?? email}`, kind: 'password', knownDevice },
    async () => {
      const right = await checkPassword(ctx, person?.id ?? null, password)
      // For a disabled account the right password is a failure like any other, also in the count.
      return right && person?.disabled_at === null
    },
  )
  if (!person || !right) {
    await announceFailure(ctx, person, failures)
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
      proofs: [passwordWay],
      isComplete: false,
      keepSignedIn,
    })
  })
  if (signed) return signed
  await announceFailure(ctx, person, failures)
  throw new Refusal(refusals.failed)
}

export const end: Rule<Ops['end']> = (ctx) =>
  ctx.transaction(async (ctx) => {
    if (await endOwnSession(ctx, 'signed-out')) await ctx.announce(signedOut, {})
    return holding({}, { session: null })
  })
