import {
  type Actor,
  type AuthMethod,
  type Context,
  fieldRefusal,
  Refusal,
  type Rule,
} from '@latchkey/kit'
import { findPersonById, lockPerson } from '#modules/person/api.ts'
import { hashPassword } from '#platform/crypto/password-hash.ts'
import { guard } from '#platform/identity/guard.ts'
import { availableMethods, confirmingMethods, hasSecondFactor } from '#platform/identity/methods.ts'
import { consumeOneTimeToken, peekOneTimeToken } from '#platform/identity/one-time-token.ts'
import { type operations, refusals } from '../contract.ts'
import { requireAcceptable } from '../policy.ts'
import { replaceForgotten, resetKind } from '../replace-forgotten.ts'

type Ops = typeof operations

/** The owner of a link. A made-up, a used, an expired and an orphaned link get the same answer. */
const requireOwner = async (ctx: Context<Actor>, token: string) => {
  const open = await peekOneTimeToken(ctx, resetKind, token)
  const person = open?.userId ? await findPersonById(ctx.db, open.userId) : undefined
  if (!person || person.disabled_at !== null) throw new Refusal(refusals.link_invalid)
  return person
}

/** The second factors of an account, or nothing when it has none and the link is enough. */
const neededMethods = async (
  ctx: Context<Actor>,
  userId: string,
): Promise<readonly AuthMethod[]> => {
  const open = await availableMethods(ctx, userId)
  return hasSecondFactor(open) ? confirmingMethods(open) : []
}

/** NIST SP 800-63B-4 §4.2.2.2: a mailed link alone never recovers an account that has two factors. */
const requireFactor = async (
  ctx: Context<Actor>,
  userId: string,
  given: { readonly method?: string | undefined; readonly proof?: string | undefined },
): Promise<void> => {
  const needed = await neededMethods(ctx, userId)
  if (needed.length === 0) return
  const { method, proof } = given
  if (method === undefined || proof === undefined)
    throw new Refusal(refusals.factor_needed, {
      methods: needed.map((authMethod) => authMethod.id),
    })
  const authMethod = needed.find((one) => one.id === method)
  const verify = async (): Promise<boolean> =>
    (await authMethod?.verify(ctx, userId, proof)) ?? false
  const right =
    authMethod?.isGuessable === false
      ? await verify()
      : await guard(ctx, { account: userId, kind: 'second-factor at reset' }, verify)
  if (right) return
  throw fieldRefusal(refusals.factor_wrong, '/proof')
}

export const resetChallenge: Rule<Ops['resetChallenge']> = async (ctx, { token, method }) => {
  const person = await requireOwner(ctx, token)
  const authMethod = (await neededMethods(ctx, person.id)).find((one) => one.id === method)
  if (!authMethod?.challenge) throw new Refusal(refusals.factor_wrong)
  return { challenge: await authMethod.challenge(ctx, person.id) }
}

export const reset: Rule<Ops['reset']> = async (ctx, { token, newPassword, method, proof }) => {
  const person = await requireOwner(ctx, token)
  await requireAcceptable(ctx, newPassword, {
    name: person.name,
    email: person.email,
    pointer: '/newPassword',
  })
  await requireFactor(ctx, person.id, { method, proof })
  const next = await hashPassword(ctx, newPassword)
  return ctx.transaction(async (ctx) => {
    // The person is locked before the link, as wherever links are voided: a different order could deadlock.
    await lockPerson(ctx.db, person.id)
    // Decided here, in one statement; the look above only spared the slow work.
    if (!(await consumeOneTimeToken(ctx, resetKind, token)))
      throw new Refusal(refusals.link_invalid)
    return { stillWorking: await replaceForgotten(ctx, person, next) }
  })
}
