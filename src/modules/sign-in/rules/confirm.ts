import {
  type AuthMethod,
  type Context,
  fieldRefusal,
  issuing,
  Refusal,
  type Rule,
} from '@latchkey/kit'
import { confirmSession } from '#modules/sessions/api.ts'
import { iso } from '#platform/clock/moment.ts'
import { attemptBy, guard } from '#platform/identity/guard.ts'
import {
  availableMethods,
  confirmingMethods,
  hasSecondFactor,
  proofBy,
} from '#platform/identity/methods.ts'
import { confirmationMs, confirmedAt } from '#platform/identity/require-access.ts'
import { type operations, refusals } from '../contract.ts'
import { confirmed, confirmFailed } from '../events.ts'

type Ops = typeof operations

const until = (at: number): string => iso(at + confirmationMs)

const secondFactorOf = ({ actor }: Context, open: readonly AuthMethod[]) => {
  // Proven by this session counts as long as it lives, also when the factor is gone since.
  if (actor.assurance.strongAt > 0) return 'proven'
  return hasSecondFactor(open) ? 'not-proven' : 'missing'
}

/** The one primitive behind every sensitive act, over the methods of all modules. */
export const confirmationMethods: Rule<Ops['confirmationMethods']> = async (ctx) => {
  const open = await availableMethods(ctx, ctx.actor.userId)
  const at = confirmedAt(ctx.actor, open, ctx.now())
  return {
    methods: confirmingMethods(open).map((authMethod) => authMethod.id),
    confirmedUntil: at === null ? null : until(at),
    secondFactor: secondFactorOf(ctx, open),
  }
}

export const confirmChallenge: Rule<Ops['confirmChallenge']> = async (ctx, { method }) => {
  const open = await availableMethods(ctx, ctx.actor.userId)
  const authMethod = confirmingMethods(open).find((one) => one.id === method)
  if (!authMethod?.challenge) throw new Refusal(refusals.not_confirmed)
  return { challenge: await authMethod.challenge(ctx, ctx.actor.userId) }
}

/** Guesses here add to the same count of the account as guesses at the sign-in page. */
const prove = async (ctx: Context, authMethod: AuthMethod, proof: string): Promise<boolean> => {
  const { userId } = ctx.actor
  if (!authMethod.isGuessable) return authMethod.verify(ctx, userId, proof)
  return guard(ctx, attemptBy(authMethod, userId), () => authMethod.verify(ctx, userId, proof))
}

export const confirm: Rule<Ops['confirm']> = async (ctx, { method, proof }) => {
  const open = await availableMethods(ctx, ctx.actor.userId)
  const authMethod = confirmingMethods(open).find((one) => one.id === method)
  const proven = authMethod !== undefined && (await prove(ctx, authMethod, proof))
  if (!proven) {
    await ctx.announce(
      confirmFailed,
      { method: authMethod?.id ?? 'unknown' },
      { result: 'failure' },
    )
    throw fieldRefusal(refusals.not_confirmed, '/proof')
  }
  return ctx.transaction(async (ctx) => {
    const session = await confirmSession(ctx, proofBy(authMethod))
    if (session) await ctx.announce(confirmed, { method })
    const output = { confirmedUntil: until(ctx.now()) }
    return session ? issuing(output, { session }) : output
  })
}
