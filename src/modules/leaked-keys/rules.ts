import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor, Context, Rule } from '@latchkey/kit'
import { writeNotes } from '#platform/activity-notes/notes.ts'
import { faultFacts } from '#platform/log/log.ts'
import type { operations } from './contract.ts'
import { findOwner } from './owners.ts'

type Ops = typeof operations

/** Answers are sent at whole quarters of a second, so that their timing does not reveal what was found. */
const answerEveryMs = 250

/** Looked up without a transaction: a flood of made-up values must not queue with writers. */
const revoke = async (ctx: Context<Actor>, value: string): Promise<boolean> => {
  const found = await findOwner(ctx.db, value, ctx.now())
  if (!found) return false
  // The letter says whether the key was ever used: a use of a moment ago must be in its row.
  await writeNotes(ctx.db)
  return found.revoke(ctx, value)
}

/** Each value has a transaction of its own: a revoked key stays revoked if the next value fails. */
const revokeAll = async (ctx: Context<Actor>, values: readonly string[]): Promise<void> => {
  let revoked = 0
  let fault: unknown = null
  for (const value of values) {
    try {
      if (await revoke(ctx, value)) revoked += 1
    } catch (error) {
      const { requestId } = ctx.actor.client
      ctx.log.error({ requestId, ...faultFacts(error) }, 'a reported key could not be revoked')
      fault = error
    }
  }
  if (revoked > 0) ctx.log.warn({ revoked }, 'keys found in the open were reported and revoked')
  // The reporter is told that it failed, and reports again: nothing is revoked twice.
  if (fault !== null) throw fault
}

export const report: Rule<Ops['report']> = async (ctx, { tokens }) => {
  const since = performance.now()
  await revokeAll(ctx, [...new Set(tokens)])
  await sleep(answerEveryMs - ((performance.now() - since) % answerEveryMs))
  return {}
}
