import { type Actor, type Context, holding, Refusal, type Rule } from '@latchkey/kit'
import { checkPassword, passwordWay } from '#modules/password/api.ts'
import { findOnlyOrganisation, findPersonByEmail } from '#modules/people/api.ts'
import { endOwnSession, type Proof, startSession } from '#modules/sessions/api.ts'
import { installationFact } from '#platform/crypto/installation.ts'
import { canonicalEmail } from '#platform/identity/canonical-email.ts'
import { setupFact } from './api.ts'
import { type operations, refusals } from './contract.ts'
import { signedIn, signedOut, signInFailed } from './events.ts'
import { signInSettings } from './settings.ts'

type Ops = typeof operations

export const status: Rule<Ops['status']> = async (ctx) => {
  const organisation = await findOnlyOrganisation(ctx.db)
  return {
    setup: (await installationFact(ctx.db, setupFact)) === null ? 'waiting' : 'done',
    signUp: ctx.config.read(signInSettings).signUp,
    organisationName: organisation?.name ?? null,
    signedIn: ctx.actor.kind === 'session',
  }
}

/** Everything that ends in "you are signed in" ends here. A session that was open in this browser is replaced. */
export const openSession = async (
  ctx: Context<Actor>,
  person: { readonly userId: string; readonly proofs: readonly [Proof, ...Proof[]]; readonly keepSignedIn: boolean },
) => {
  await endOwnSession(ctx, 'replaced')
  const { sessionId, held } = await startSession(ctx, person)
  await ctx.announce(signedIn, { method: person.proofs.map((proof) => proof.method).join('+') }, { userId: person.userId, sessionId })
  return holding({ next: 'done' as const }, held)
}

/**
 * One answer for a wrong password, an unknown address and a disabled account, and the same work for all three:
 * the password is always hashed, and the failure always written down.
 */
export const start: Rule<Ops['start']> = async (ctx, { email, password, keepSignedIn }) => {
  const canonical = canonicalEmail(email)
  const person = canonical ? await findPersonByEmail(ctx.db, canonical) : undefined
  const right = await checkPassword(ctx, person?.id ?? null, password)
  if (!person || !right || person.disabled_at !== null) {
    await ctx.announce(signInFailed, { method: 'password' }, { userId: person?.id ?? null, result: 'failure' })
    throw new Refusal(refusals.failed)
  }
  return ctx.transaction((ctx) => openSession(ctx, { userId: person.id, proofs: [passwordWay], keepSignedIn }))
}

export const end: Rule<Ops['end']> = (ctx) =>
  ctx.transaction(async (ctx) => {
    if (await endOwnSession(ctx, 'signed-out')) await ctx.announce(signedOut, {})
    return holding({}, { session: null })
  })
