import type { Actor, AuthMethod, Context } from '@latchkey/kit'
import { pages as passwordPages } from '#modules/password/contract.ts'
import { findPersonById, lockPerson, securityNotice } from '#modules/people/api.ts'
import { recognisedDevice } from '#modules/sessions/api.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { type Guessed, type Judged, judgeGuess } from '#platform/identity/guessing.ts'
import { issueOneTimeToken } from '#platform/identity/one-time-token.ts'
import { pages } from './contract.ts'
import { guessingWarned } from './events.ts'

export const liftKind = 'lift-lock'
const liftHours = 24

type Attempt = Pick<Guessed, 'account' | 'kind'>

/** A try at proving it is them in this way, by somebody who is signed in or about to be. */
export const attemptBy = (authMethod: AuthMethod, account: string): Attempt => ({
  account,
  kind: authMethod.id === 'password' ? 'password' : 'second-factor',
})

const deviceOf = async (
  ctx: Context<Actor>,
  { account, kind }: Attempt,
): Promise<string | null> => {
  const device = await recognisedDevice(ctx, account)
  return device && (kind === 'password' || device.isStrong) ? device.id : null
}

const warn = async (ctx: Context<Actor>, attempt: Attempt, judged: Judged): Promise<void> => {
  const person = await findPersonById(ctx.db, attempt.account)
  await ctx.transaction(async (ctx) => {
    // The person's row before the count's, as everything that opens a session locks them.
    if (person) await lockPerson(ctx.db, person.id)
    const failures = await judged.claimWarning(ctx)
    if (failures === null || !person || person.disabled_at !== null) return
    const token = await issueOneTimeToken(ctx, {
      kind: liftKind,
      userId: person.id,
      recipient: person.email,
      ttlSeconds: liftHours * 3600,
    })
    const what = attempt.kind === 'password' ? 'guessing' : 'codes'
    const letters = await securityNotice(ctx, person.id, {
      text: `sign-in:${what}`,
      values: {
        failures: String(failures),
        link: publicLink(ctx.config, pages.unlock, { name: 'token', value: token }),
        passwordLink: publicLink(ctx.config, passwordPages.forgot),
      },
    })
    await ctx.announce(
      guessingWarned,
      { kind: attempt.kind, failures },
      { userId: person.id, letters },
    )
  })
}

/**
 * The one place through which a password or a code is checked, whatever page it was typed in: here it is decided whose
 * count it drains, and here the person hears of ten wrong ones in a row, at most once a day, with a link that lifts the
 * waits. Test: `test/guessing.test.ts` finds a door that goes around it.
 *
 * `forgive` is the caller's to call, in the transaction of what a right guess opens. Refuses with 429 while a wait is
 * running. Must not be called inside a transaction.
 */
export const judge = async (
  ctx: Context<Actor>,
  attempt: Attempt,
  check: () => Promise<boolean>,
): Promise<Pick<Judged, 'right' | 'forgive'>> => {
  const knownDevice = await deviceOf(ctx, attempt)
  const judged = await judgeGuess(ctx, { ...attempt, knownDevice }, check)
  if (judged.mayWarn) await warn(ctx, attempt, judged)
  return judged
}

/** `judge` for whoever has nothing to open: a right guess is forgiven at once. */
export const guard = async (
  ctx: Context<Actor>,
  attempt: Attempt,
  check: () => Promise<boolean>,
): Promise<boolean> => {
  const { right, forgive } = await judge(ctx, attempt, check)
  if (right) await ctx.transaction(forgive)
  return right
}
