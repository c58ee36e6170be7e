import type { Actor, AuthMethod, Context } from '@latchkey/kit'
import { type Guessed, type Judged, judgeGuess } from './judge-guess.ts'

type Attempt = Pick<Guessed, 'account' | 'kind'>

/** An attempt to prove this method for an account, by a caller who is signed in to it or is signing in. */
export const attemptBy = (authMethod: AuthMethod, account: string): Attempt => ({
  account,
  kind: authMethod.id === 'password' ? 'password' : 'second-factor',
})

const knownDeviceOf = async (
  ctx: Context<Actor>,
  { account, kind }: Attempt,
): Promise<string | null> => {
  const device = await ctx.catalogue.recogniseDevice(ctx, account)
  return device && (kind === 'password' || device.isStrong) ? device.id : null
}

/**
 * The one place through which every page checks a password or a code. It decides which count an attempt adds to, and tells
 * the user of ten wrong ones in a row. `test/guessing.test.ts` finds code that bypasses it.
 *
 * The caller calls `forgive`, in the transaction of what a right guess opens. Refuses with 429 while a wait is running.
 * Must not be called inside a transaction.
 */
export const judge = async (
  ctx: Context<Actor>,
  attempt: Attempt,
  check: () => Promise<boolean>,
): Promise<Pick<Judged, 'right' | 'forgive'>> => {
  const { account, kind } = attempt
  const knownDevice = await knownDeviceOf(ctx, attempt)
  const judged = await judgeGuess(ctx, { ...attempt, knownDevice }, check)
  const isPassword = kind === 'password'
  if (judged.mayWarn)
    await ctx.catalogue.onGuessing(ctx, { account, isPassword, kind, claim: judged.claimWarning })
  return judged
}

/** `judge` for a caller that opens nothing with it: a right guess is forgiven at once. */
export const guard = async (
  ctx: Context<Actor>,
  attempt: Attempt,
  check: () => Promise<boolean>,
): Promise<boolean> => {
  const { right, forgive } = await judge(ctx, attempt, check)
  if (right) await ctx.transaction(forgive)
  return right
}
