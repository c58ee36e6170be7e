import { holding, Refusal, type Rule, type Way } from '@latchkey/kit'
import { confirmSession } from '#modules/sessions/api.ts'
import { confirmationMs, confirmedAt } from '#platform/identity/require-access.ts'
import { confirmingWays, openWays } from '#platform/identity/ways.ts'
import { type operations, refusals } from './contract.ts'
import { confirmed, confirmFailed } from './events.ts'

type Ops = typeof operations

const until = (at: number): string => new Date(at + confirmationMs).toISOString()

/** The one primitive behind every sensitive act, over the ways other modules offer. */
export const confirmationRules = (ways: readonly Way[]) => {
  const confirmationMethods: Rule<Ops['confirmationMethods']> = async (ctx) => {
    const open = await openWays(ways, ctx, ctx.actor.userId)
    const at = confirmedAt(ctx.actor, open, ctx.now())
    return {
      methods: confirmingWays(open).map((way) => way.method),
      confirmedUntil: at === null ? null : until(at),
    }
  }

  const confirm: Rule<Ops['confirm']> = async (ctx, { method, proof }) => {
    const open = await openWays(ways, ctx, ctx.actor.userId)
    const way = confirmingWays(open).find((one) => one.method === method)
    const proven = way !== undefined && (await way.verify(ctx, ctx.actor.userId, proof))
    if (!proven) {
      await ctx.announce(confirmFailed, { method: way?.method ?? 'unknown' }, { result: 'failure' })
      throw new Refusal(refusals.not_confirmed, {
        fields: [{ pointer: '/proof', code: 'not_confirmed', message: refusals.not_confirmed.title }],
      })
    }
    return ctx.transaction(async (ctx) => {
      const session = await confirmSession(ctx, way)
      if (session) await ctx.announce(confirmed, { method })
      const output = { confirmedUntil: until(ctx.now()) }
      return session ? holding(output, { session }) : output
    })
  }

  return { confirmationMethods, confirm }
}
