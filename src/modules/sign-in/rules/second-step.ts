import {
  type Actor,
  type AuthMethod,
  type Context,
  fieldRefusal,
  issuing,
  Refusal,
  type Rule,
} from '@latchkey/kit'
import { findPersonById, lockPerson } from '#modules/person/api.ts'
import { endPending, findPending, openSession, takeTry } from '#modules/sessions/api.ts'
import { iso } from '#platform/clock/moment.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { attemptBy, judge } from '#platform/identity/guard.ts'
import {
  availableMethods,
  type Proof,
  proofBy,
  remainingMethods,
} from '#platform/identity/methods.ts'
import { type operations, refusals } from '../contract.ts'
import { signInFailed } from '../events.ts'

type Ops = typeof operations

/** Per pending sign-in; per account there is a count of its own, which a new pending sign-in does not reset. */
const triesMax = 5

type Pending = NonNullable<Awaited<ReturnType<typeof findPending>>>

/** The pending sign-in of this browser; a disabled account has none. */
export const findOwnPending = async (ctx: Context<Actor>): Promise<Pending | undefined> => {
  const value = ctx.actor.client.pending
  const pending = value === null ? undefined : await findPending(ctx.db, sha256(value), ctx.now())
  const person = pending && (await findPersonById(ctx.db, pending.user_id))
  return person && person.disabled_at === null ? pending : undefined
}

const requirePending = async (ctx: Context<Actor>): Promise<Pending> => {
  const pending = await findOwnPending(ctx)
  if (!pending) throw new Refusal(refusals.nothing_pending)
  return pending
}

const proofsOf = (pending: Pending): [Proof, ...Proof[]] =>
  JSON.parse(pending.proofs) as [Proof, ...Proof[]]

const offered = async (ctx: Context<Actor>, pending: Pending): Promise<readonly AuthMethod[]> =>
  remainingMethods(await availableMethods(ctx, pending.user_id), proofsOf(pending))

export const pending: Rule<Ops['pending']> = async (ctx) => {
  const pending = await requirePending(ctx)
  const methods = (await offered(ctx, pending)).map((authMethod) => authMethod.id)
  return {
    methods,
    triesLeft: Math.max(0, triesMax - pending.tries),
    expiresAt: iso(pending.expires_at),
  }
}

export const secondChallenge: Rule<Ops['secondChallenge']> = async (ctx, { method }) => {
  const pending = await requirePending(ctx)
  const authMethod = (await offered(ctx, pending)).find((one) => one.id === method)
  if (!authMethod?.challenge) throw new Refusal(refusals.nothing_pending)
  return { challenge: await authMethod.challenge(ctx, pending.user_id) }
}

const check = async (
  ctx: Context<Actor>,
  pending: Pending,
  { authMethod, proof }: { readonly authMethod: AuthMethod; readonly proof: string },
): Promise<{
  readonly right: boolean
  readonly forgive?: (ctx: Context<Actor>) => Promise<void>
}> => {
  const account = pending.user_id
  const verify = () => authMethod.verify(ctx, account, proof)
  if (!authMethod.isGuessable) return { right: await verify() }
  return judge(ctx, attemptBy(authMethod, account), verify)
}

/** Trusts what the first proof asked to be trusted with (see `raises`), now that another method was proven beside it. */
const raiseProven = async (ctx: Context<Actor>, pending: Pending): Promise<void> => {
  for (const { method, raises } of proofsOf(pending)) {
    const authMethod = ctx.catalogue.methods.find((one) => one.id === method)
    if (raises) await authMethod?.raise?.(ctx, pending.user_id, raises)
  }
}

export const finish: Rule<Ops['finish']> = async (ctx, { method, proof }) => {
  const pending = await requirePending(ctx)
  const authMethod = (await offered(ctx, pending)).find((one) => one.id === method)
  if (!authMethod) throw new Refusal(refusals.second_step_failed)
  const tried = await takeTry(ctx.db, pending.id, triesMax)
  if (!tried) throw new Refusal(refusals.nothing_pending)
  const { right, forgive } = await check(ctx, pending, { authMethod, proof })
  if (!right) {
    await ctx.announce(signInFailed, { method }, { userId: pending.user_id, result: 'failure' })
    throw fieldRefusal(refusals.second_step_failed, '/proof')
  }
  return ctx.transaction(async (ctx) => {
    const { disabled_at } = await lockPerson(ctx.db, pending.user_id)
    if (disabled_at !== null || !(await endPending(ctx.db, pending.id, ctx.now())))
      throw new Refusal(refusals.nothing_pending)
    await forgive?.(ctx)
    await raiseProven(ctx, pending)
    return openSession(ctx, {
      userId: pending.user_id,
      proofs: [...proofsOf(pending), proofBy(authMethod)],
      keepSignedIn: pending.keep_signed_in === 1,
    })
  })
}

export const cancel: Rule<Ops['cancel']> = async (ctx) => {
  const value = ctx.actor.client.pending
  const pending = value === null ? undefined : await findPending(ctx.db, sha256(value), ctx.now())
  if (pending) await endPending(ctx.db, pending.id, ctx.now())
  return issuing({}, { pending: null })
}
