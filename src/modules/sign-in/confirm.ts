import { type Context, fieldRefusal, holding, Refusal, type Rule, type Way } from '@latchkey/kit'
import { confirmSession } from '#modules/sessions/api.ts'
import { iso } from '#platform/clock/moment.ts'
import { confirmationMs, confirmedAt, requireAssurance } from '#platform/identity/require-access.ts'
import { confirmingWays, hasSecondFactor, openWays } from '#platform/identity/ways.ts'
import { type operations, refusals } from './contract.ts'
import { confirmed, confirmFailed } from './events.ts'
import { attemptBy, guard } from './guarding.ts'
import { ways } from './ways.ts'

type Ops = typeof operations

const until = (at: number): string => iso(at + confirmationMs)

const secondFactorOf = ({ actor }: Context, open: readonly Way[]) => {
  // Proven by this session counts as long as it lives, also when the factor is gone since.
  if (actor.assurance.strongAt > 0) return 'proven'
  return hasSecondFactor(open) ? 'not-proven' : 'missing'
}

/** The one primitive behind every sensitive act, over the ways other modules offer. */
export const confirmationMethods: Rule<Ops['confirmationMethods']> = async (ctx) => {
  const open = await openWays(ways(), ctx, ctx.actor.userId)
  const at = confirmedAt(ctx.actor, open, ctx.now())
  return {
    methods: confirmingWays(open).map((way) => way.method),
    confirmedUntil: at === null ? null : until(at),
    secondFactor: secondFactorOf(ctx, open),
  }
}

export const confirmChallenge: Rule<Ops['confirmChallenge']> = async (ctx, { method }) => {
  const open = await openWays(ways(), ctx, ctx.actor.userId)
  const way = confirmingWays(open).find((one) => one.method === method)
  if (!way?.challenge) throw new Refusal(refusals.not_confirmed)
  return { challenge: await way.challenge(ctx, ctx.actor.userId) }
}

/** The same question as an operation's `assurance: 'recently-confirmed'`, for a rule that asks it only sometimes. */
export const requireConfirmed = (ctx: Context): Promise<void> =>
  requireAssurance(
    { permission: '', assurance: 'recently-confirmed' },
    { actor: ctx.actor, now: ctx.now() },
    () => openWays(ways(), ctx, ctx.actor.userId),
  )

/** Guesses here drain the same account's count as guesses at the sign-in page. */
const prove = async (ctx: Context, way: Way, proof: string): Promise<boolean> => {
  const { userId } = ctx.actor
  if (!way.isGuessable) return way.verify(ctx, userId, proof)
  return guard(ctx, attemptBy(way, userId), () => way.verify(ctx, userId, proof))
}

export const confirm: Rule<Ops['confirm']> = async (ctx, { method, proof }) => {
  const open = await openWays(ways(), ctx, ctx.actor.userId)
  const way = confirmingWays(open).find((one) => one.method === method)
  const proven = way !== undefined && (await prove(ctx, way, proof))
  if (!proven) {
    await ctx.announce(confirmFailed, { method: way?.method ?? 'unknown' }, { result: 'failure' })
    throw fieldRefusal(refusals.not_confirmed, '/proof')
  }
  return ctx.transaction(async (ctx) => {
    const session = await confirmSession(ctx, way)
    if (session) await ctx.announce(confirmed, { method })
    const output = { confirmedUntil: until(ctx.now()) }
    return session ? holding(output, { session }) : output
  })
}
