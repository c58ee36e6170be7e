import { holding, Refusal, type Rule, type Confirmation, type Context } from '@latchkey/kit'
import { confirmSession } from '#modules/sessions/api.ts'
import { confirmationMs, isRecentlyConfirmed } from '#platform/identity/require-access.ts'
import { type operations, refusals } from './contract.ts'
import { confirmed, confirmFailed } from './events.ts'

type Ops = typeof operations

const until = (authenticatedAt: number): string => new Date(authenticatedAt + confirmationMs).toISOString()

/** The one primitive behind every sensitive act, over the ways other modules offer. */
export const confirmationRules = (ways: readonly Confirmation[]) => {
  const open = async (ctx: Context): Promise<Confirmation[]> => {
    const found = await Promise.all(
      ways.map(async (way) => ((await way.available(ctx, ctx.actor.userId)) ? way : null)),
    )
    return found.filter((way) => way !== null).sort((a, b) => b.strength - a.strength)
  }

  const confirmationMethods: Rule<Ops['confirmationMethods']> = async (ctx) => ({
    methods: (await open(ctx)).map((way) => way.method),
    confirmedUntil: isRecentlyConfirmed(ctx.actor, ctx.now()) ? until(ctx.actor.assurance.authenticatedAt) : null,
  })

  const confirm: Rule<Ops['confirm']> = async (ctx, { method, proof }) => {
    const way = (await open(ctx)).find((one) => one.method === method)
    const proven = way !== undefined && (await way.verify(ctx, proof))
    if (!proven) {
      await ctx.announce(confirmFailed, { method: way?.method ?? 'unknown' }, { result: 'failure' })
      throw new Refusal(refusals.not_confirmed, { fields: [{ pointer: '/proof', code: 'not_confirmed', message: refusals.not_confirmed.title }] })
    }
    return ctx.transaction(async (ctx) => {
      const session = await confirmSession(ctx, method)
      if (session) await ctx.announce(confirmed, { method })
      const output = { confirmedUntil: until(ctx.now()) }
      return session ? holding(output, { session }) : output
    })
  }

  return { confirmationMethods, confirm }
}
