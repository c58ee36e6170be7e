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

/** Five mistakes are free; then each wait is twice the one before. */
const password: GuessRule = { name: 'password', free: 5, hardMax: 100 }
/** From a browser the person has signed in with before: an attacker's guesses cannot lock the owner out of it. */
const passwordOnDevice: GuessRule = { name: 'password on device', free: 20, hardMax: 100 }
/**
 * Codes of six digits. A count covers all apps, recovery codes and pending sign-ins of an account: at most ten tries in
 * any 15 minutes, and after ten one at a time, with waits that grow to an hour. That makes 35 on the first day, 24 on each
 * later one, and 100 in a row (NIST SP 800-63B-4 §3.2.2). Then the count is closed, until a factor is added anew, a new
 * password is proven with a factor, or the account is recovered.
 *
 * An account has several such counts, one for each way to get as far as being asked for a code:
 * - for everybody: filled by whoever knows the password, or took a session over;
 * - for the page of a reset link: filled by whoever reads the mailbox;
 * - for each browser in which this account proved a second factor before: filled by whoever holds its cookie. Neither of
 *   the others can fill it, so its owner is not locked out there. A passkey is never counted.
 *
 * So whoever has the password gets 35 tries on the first day and 100 in all; with the mailbox, which also lifts waits, 200
 * in all. A code is good for two steps, so each try is right with 2 in 10⁶ for each app: 0.02 % or 0.04 % until closed.
 */
const codes = { free: 10, firstWaitSeconds: 900, hardMax: 100 } as const
const secondFactor: GuessRule = { name: 'second factor', ...codes }
const secondFactorOnDevice: GuessRule = { name: 'second factor on device', ...codes }
const secondFactorAtReset: GuessRule = { name: 'second factor at reset', ...codes }

export type Guessed = {
  /** Id of the account; for an address without one the address itself, so that both behave alike. */
  readonly account: string
  readonly kind: 'password' | 'second-factor' | 'second-factor at reset'
  /**
   * Id of the browser's record where this account has signed in before; for codes, where it has proven a second factor.
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
 * Many share an address: an office, a mobile network. In a browser the person has signed in with before it is not counted,
 * or the wrong guesses of whoever sits beside them would make them wait.
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
  /** To be called in the transaction of what a right guess opens. */
  readonly forgive: (ctx: Settling) => Promise<void>
  /**
   * After a wrong one: how many were wrong in a row, when the person is due to be told that somebody is guessing; null
   * when not, or when they were told within the last day. In the transaction that writes the mail.
   */
  readonly claimWarning: (ctx: Settling & Pick<Context, 'now'>) => Promise<number | null>
  /** Without asking the database: may `claimWarning` have something to say? */
  readonly mayWarn: boolean
}

/**
 * The only way to check something that can be guessed: counted first, in its own transaction, then checked.
 * Refuses with 429 while a wait is running. Must not be called inside a transaction. Modules go through the one place
 * that also tells the person (`guard.ts`).
 *
 * A right guess stays counted until `forgive` is called. That is left to the transaction of what it opens, because each
 * commit of its own would wait for the disk.
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
    // Nothing was checked, e.g. because the server was busy: whoever tries again must not be locked out for that.
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

/** An account and the browsers it knows: each has a count of its own. */
export type Counted = { readonly account: string; readonly knownDevices: readonly string[] }

const guessesOf = ({ account, knownDevices }: Counted, kinds: readonly Guessed['kind'][]) =>
  kinds.flatMap((kind) =>
    [null, ...knownDevices].map((knownDevice) => accountGuess({ account, kind, knownDevice })),
  )

const codeKinds = ['second-factor', 'second-factor at reset'] as const

/** The person ends the waits with the link from the mail. What is closed stays closed: a mailbox is no factor. */
export const liftGuessLock = (ctx: Settling, counted: Counted): Promise<void> =>
  liftGuesses(ctx, guessesOf(counted, ['password', ...codeKinds]))

/** Somebody who had just proven one factor has bound another: older guesses no longer matter. */
export const reopenCodeGuesses = (ctx: Settling, counted: Counted): Promise<void> =>
  reopenGuesses(ctx, guessesOf(counted, codeKinds))

/** Password and factors were proven or replaced: by a reset, or by recovery. */
export const reopenAllGuesses = (ctx: Settling, counted: Counted): Promise<void> =>
  reopenGuesses(ctx, guessesOf(counted, ['password', ...codeKinds]))
