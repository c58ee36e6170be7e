import {
  type Actor,
  type Context,
  fieldRefusal,
  holding,
  Refusal,
  type Rule,
  type Way,
} from '@latchkey/kit'
import { trustPasskey } from '#modules/passkeys/api.ts'
import { findPersonById, lockPerson } from '#modules/people/api.ts'
import { endPending, findPending, type Proof, takeTry } from '#modules/sessions/api.ts'
import { iso } from '#platform/clock/moment.ts'
import { sha256 } from '#platform/crypto/digest.ts'
import { openWays } from '#platform/identity/ways.ts'
import { openSession, remainingWays } from './completing.ts'
import { type operations, refusals } from './contract.ts'
import { signInFailed } from './events.ts'
import { attemptBy, judge } from './guarding.ts'
import { ways } from './ways.ts'

type Ops = typeof operations

/** Per pending sign-in; per account there is a count of its own, which a new pending sign-in does not reset. */
const triesMax = 5

type Pending = NonNullable<Awaited<ReturnType<typeof findPending>>>

/** The pending sign-in this browser holds; a disabled account has none. */
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

const offered = async (ctx: Context<Actor>, pending: Pending): Promise<readonly Way[]> =>
  remainingWays(await openWays(ways(), ctx, pending.user_id), proofsOf(pending))

export const pending: Rule<Ops['pending']> = async (ctx) => {
  const pending = await requirePending(ctx)
  const methods = (await offered(ctx, pending)).map((way) => way.method)
  return {
    methods,
    triesLeft: Math.max(0, triesMax - pending.tries),
    expiresAt: iso(pending.expires_at),
  }
}

export const secondChallenge: Rule<Ops['secondChallenge']> = async (ctx, { method }) => {
  const pending = await requirePending(ctx)
  const way = (await offered(ctx, pending)).find((one) => one.method === method)
  if (!way?.challenge) throw new Refusal(refusals.nothing_pending)
  return { challenge: await way.challenge(ctx, pending.user_id) }
}

const check = async (
  ctx: Context<Actor>,
  pending: Pending,
  { way, proof }: { readonly way: Way; readonly proof: string },
): Promise<{
  readonly right: boolean
  readonly forgive?: (ctx: Context<Actor>) => Promise<void>
}> => {
  const account = pending.user_id
  const verify = () => way.verify(ctx, account, proof)
  if (!way.isGuessable) return { right: await verify() }
  return judge(ctx, attemptBy(way, account), verify)
}

export const finish: Rule<Ops['finish']> = async (ctx, { method, proof }) => {
  const pending = await requirePending(ctx)
  const way = (await offered(ctx, pending)).find((one) => one.method === method)
  if (!way) throw new Refusal(refusals.second_step_failed)
  const tried = await takeTry(ctx.db, pending.id, triesMax)
  if (!tried) throw new Refusal(refusals.nothing_pending)
  const { right, forgive } = await check(ctx, pending, { way, proof })
  if (!right) {
    await ctx.announce(signInFailed, { method }, { userId: pending.user_id, result: 'failure' })
    throw fieldRefusal(refusals.second_step_failed, '/proof')
  }
  return ctx.transaction(async (ctx) => {
    const { disabled_at } = await lockPerson(ctx.db, pending.user_id)
    if (disabled_at !== null || !(await endPending(ctx.db, pending.id, ctx.now())))
      throw new Refusal(refusals.nothing_pending)
    await forgive?.(ctx)
    for (const { raises } of proofsOf(pending))
      if (raises) await trustPasskey(ctx, pending.user_id, raises)
    return openSession(ctx, {
      userId: pending.user_id,
      proofs: [...proofsOf(pending), way],
      keepSignedIn: pending.keep_signed_in === 1,
    })
  })
}

export const cancel: Rule<Ops['cancel']> = async (ctx) => {
  const value = ctx.actor.client.pending
  const pending = value === null ? undefined : await findPending(ctx.db, sha256(value), ctx.now())
  if (pending) await endPending(ctx.db, pending.id, ctx.now())
  return holding({}, { pending: null })
}
