import type { Actor, Context } from '@latchkey/kit'
import { addressBucket } from '../client/address.ts'
import { limitSettings } from '../config/core.ts'
import {
  countGuess,
  forgiveGuesses,
  type Guess,
  type GuessRule,
  reopenGuesses,
  settleGuesses,
} from './throttle.ts'

/** security.md 6.3. Five mistakes are free; then each wait is twice the one before. */
const password: GuessRule = { name: 'password', free: 5, hardMax: 100 }
/** From a browser the person has signed in with before: a stranger's guesses cannot lock the owner out of it. */
const passwordOnDevice: GuessRule = { name: 'password on device', free: 20, hardMax: 100 }
/**
 * Over all codes and all pending sign-ins of an account together: never more than ten in 15 minutes, whichever 15 minutes
 * are looked at, and after ten one each, with waits that grow. So guessing six digits stays hopeless for the patient too.
 */
const secondFactor: GuessRule = { name: 'second factor', free: 10, firstWaitSeconds: 900 }

export type Guessed = {
  /** Id of the account; for an address without one the address itself, so that both behave alike. */
  readonly account: string
  readonly kind: 'password' | 'second-factor'
  /** Id of the browser's device record, when this account knows it. */
  readonly knownDevice?: string | null
}

const accountGuess = ({ account, kind, knownDevice }: Guessed): Guess => {
  if (kind === 'second-factor') return { rule: secondFactor, about: account }
  return knownDevice
    ? { rule: passwordOnDevice, about: `${account} ${knownDevice}` }
    : { rule: password, about: account }
}

const addressGuess = (ctx: Pick<Context<Actor>, 'config' | 'actor'>): Guess => ({
  rule: {
    name: 'address',
    free: ctx.config.read(limitSettings).guessesPerAddress,
    forgetSeconds: 600,
  },
  about: addressBucket(ctx.actor.client.address),
})

export type Judged = {
  readonly right: boolean
  /** How many in a row, this one included; 0 when it was right. */
  readonly failures: number
}

/**
 * The only way to check something that can be guessed: counted first, in its own transaction, then checked.
 * Refuses with 429 while a wait is running. Must not be called inside a transaction.
 *
 * A right guess stays counted until `forgive` is called, in the transaction of what it opens: each commit waits for the
 * disk. Whoever has nothing to open takes `guardGuess`.
 */
export const judgeGuess = async (
  ctx: Context<Actor>,
  guessed: Guessed,
  check: () => Promise<boolean>,
): Promise<Judged & { readonly forgive: (ctx: Pick<Context, 'keys' | 'db'>) => Promise<void> }> => {
  const [account, address] = [accountGuess(guessed), addressGuess(ctx)]
  const { failures } = await countGuess(ctx, [account, address])
  let right: boolean
  try {
    right = await check()
  } catch (error) {
    // Nothing was checked, e.g. because the server was busy: whoever tries again must not be locked out for that.
    await ctx.transaction((ctx) =>
      settleGuesses(ctx, { forgiven: [], uncounted: [account, address] }),
    )
    throw error
  }
  return {
    right,
    failures: right ? 0 : failures,
    forgive: (ctx) => settleGuesses(ctx, { forgiven: [account], uncounted: [address] }),
  }
}

/** `judgeGuess` with a right guess forgiven at once. */
export const guardGuess = async (
  ctx: Context<Actor>,
  guessed: Guessed,
  check: () => Promise<boolean>,
): Promise<Judged> => {
  const { forgive, ...judged } = await judgeGuess(ctx, guessed, check)
  if (judged.right) await ctx.transaction(forgive)
  return judged
}

/** An account and the browsers it knows: each has a count of its own. */
export type Counted = { readonly account: string; readonly knownDevices: readonly string[] }

const passwordGuesses = ({ account, knownDevices }: Counted): Guess[] =>
  [null, ...knownDevices].map((knownDevice) =>
    accountGuess({ account, kind: 'password', knownDevice }),
  )

/** The person lifts their own lock with the link from the mail. */
export const liftGuessLock = (ctx: Pick<Context, 'keys' | 'db'>, counted: Counted): Promise<void> =>
  forgiveGuesses(ctx, [
    ...passwordGuesses(counted),
    accountGuess({ account: counted.account, kind: 'second-factor' }),
  ])

/** The password was replaced through recovery. */
export const resetPasswordGuesses = (
  ctx: Pick<Context, 'keys' | 'db'>,
  counted: Counted,
): Promise<void> => reopenGuesses(ctx, passwordGuesses(counted))
