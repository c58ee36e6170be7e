import type { Actor, Context } from '@latchkey/kit'
import { addressBucket } from '../client/address.ts'
import { limitSettings } from '../config/core.ts'
import {
  claimGuessWarning,
  countGuess,
  type Guess,
  type GuessRule,
  isWarningNear,
  liftGuesses,
  reopenGuesses,
  settleGuesses,
} from './throttle.ts'

/** Five mistakes are free; after them each wait is twice the one before. */
const password: GuessRule = { name: 'password', free: 5, hardMax: 100 }
/** For a browser the user has signed in with before: an attacker's guesses elsewhere cannot lock the user out of it. */
const passwordOnDevice: GuessRule = { name: 'password on device', free: 20, hardMax: 100 }
/**
 * Codes of six digits. A count covers all apps, recovery codes and pending sign-ins of an account: at most ten tries in
 * any 15 minutes, and after ten one at a time, with waits that grow to an hour. That makes 35 on the first day, 24 on each
 * later one, and 100 in a row (NIST SP 800-63B-4 §3.2.2). Then the count is closed, until a factor is added anew, a new
 * password is proven with a factor, or the account is recovered.
 *
 * An account has several such counts, one for each route to the point where a code is asked for:
 * - all unknown browsers: filled by an attacker who knows the password, or took over a session;
 * - the page of a reset link: filled by an attacker who reads the mailbox;
 * - each browser in which this account proved a second factor before: filled only with that browser's cookie. The other
 *   two attackers cannot fill it, so its owner is not locked out there. A passkey is never counted.
 *
 * An attacker with the password gets 35 tries on the first day and 100 in all; with the mailbox, which also lifts waits,
 * 200 in all. A code is valid for two steps, so a try is right with 2 in 10⁶ for each app: 0.02 % or 0.04 % until closed.
 */
const codes = { free: 10, firstWaitSeconds: 900, hardMax: 100 } as const
const secondFactor: GuessRule = { name: 'second factor', ...codes }
const secondFactorOnDevice: GuessRule = { name: 'second factor on device', ...codes }
const secondFactorAtReset: GuessRule = { name: 'second factor at reset', ...codes }

export type Guessed = {
  /** Id of the account. For an address without an account it is the address, so that both behave alike. */
  readonly account: string
  readonly kind: 'password' | 'second-factor' | 'second-factor at reset'
  /**
   * Id of the browser's record, if this account has signed in there before (for codes: has proven a second factor there).
   * Null for any other browser.
   */
  readonly knownDevice: string | null
}

const accountGuess = ({ account, kind, knownDevice }: Guessed): Guess => {
  if (kind === 'second-factor at reset') return { rule: secondFactorAtReset, about: account }
  const [anywhere, onDevice] =
    kind === 'password' ? [password, passwordOnDevice] : [secondFactor, secondFactorOnDevice]
  return knownDevice
    ? { rule: onDevice, about: `${account} ${knownDevice}` }
    : { rule: anywhere, about: account }
}

/**
 * Many users share an address (an office, a mobile network). It is not counted for a browser the user has signed in with
 * before, or the wrong guesses of others at that address would make the user wait.
 */
const addressGuesses = (
  ctx: Pick<Context<Actor>, 'config' | 'actor'>,
  { knownDevice }: Guessed,
): readonly Guess[] => {
  if (knownDevice) return []
  const free = ctx.config.read(limitSettings).guessesPerAddress
  const rule = { name: 'address', free, forgetSeconds: 600 }
  return [{ rule, about: addressBucket(ctx.actor.client.address) }]
}

type Settling = Pick<Context, 'keys' | 'db'>

export type Judged = {
  readonly right: boolean
  /** The caller calls it in the transaction of what a right guess opens. */
  readonly forgive: (ctx: Settling) => Promise<void>
  /**
   * After a wrong guess: the number of wrong ones in a row, if the user has to be warned of it; null if not, or if they
   * were warned within the last day. Called in the transaction that writes the mail.
   */
  readonly claimWarning: (ctx: Settling & Pick<Context, 'now'>) => Promise<number | null>
  /** False when `claimWarning` would return null; known without a query. */
  readonly mayWarn: boolean
}

/**
 * The only way to check a secret that can be guessed: the attempt is counted in a transaction of its own, then checked.
 * Refuses with 429 while a wait is running. Must not be called inside a transaction. Modules call `guard.ts` instead,
 * which also warns the user.
 *
 * A right guess stays counted until `forgive` is called. The caller does so in the transaction of what the guess opens,
 * because a separate commit would wait for the disk once more.
 */
export const judgeGuess = async (
  ctx: Context<Actor>,
  guessed: Guessed,
  check: () => Promise<boolean>,
): Promise<Judged> => {
  const [account, address] = [accountGuess(guessed), addressGuesses(ctx, guessed)]
  const { failures } = await countGuess(ctx, [account, ...address])
  let right: boolean
  try {
    right = await check()
  } catch (error) {
    // Nothing was checked, e.g. because the server was busy. The user tries again and must not be locked out for that.
    await ctx.transaction((ctx) =>
      settleGuesses(ctx, { forgiven: [], uncounted: [account, ...address] }),
    )
    throw error
  }
  return {
    right,
    forgive: (ctx) => settleGuesses(ctx, { forgiven: [account], uncounted: address }),
    claimWarning: (ctx) => claimGuessWarning(ctx, account),
    mayWarn: !right && isWarningNear(failures),
  }
}

/** An account and its known browsers: each has a count of its own. */
export type Counted = { readonly account: string; readonly knownDevices: readonly string[] }

const guessesOf = ({ account, knownDevices }: Counted, kinds: readonly Guessed['kind'][]) =>
  kinds.flatMap((kind) =>
    [null, ...knownDevices].map((knownDevice) => accountGuess({ account, kind, knownDevice })),
  )

const codeKinds = ['second-factor', 'second-factor at reset'] as const

/** The user ends the waits with the link from the mail. A closed count stays closed: a mailbox is no factor. */
export const liftGuessLock = (ctx: Settling, counted: Counted): Promise<void> =>
  liftGuesses(ctx, guessesOf(counted, ['password', ...codeKinds]))

/** The user proved one factor and added another: older guesses no longer matter. */
export const reopenCodeGuesses = (ctx: Settling, counted: Counted): Promise<void> =>
  reopenGuesses(ctx, guessesOf(counted, codeKinds))

/** A reset or a recovery proved or replaced password and factors. */
export const reopenAllGuesses = (ctx: Settling, counted: Counted): Promise<void> =>
  reopenGuesses(ctx, guessesOf(counted, ['password', ...codeKinds]))
