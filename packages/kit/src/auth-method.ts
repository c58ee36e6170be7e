import type { Actor } from './actor.ts'
import type { Context } from './context.ts'

/** A way to prove it is you: after the password at sign-in, and in the confirm-it-is-you dialog. */
export type AuthMethod = {
  /** Stable: sessions, the trail and the API name it. */
  readonly id: string
  /** Stronger first where methods are offered. */
  readonly strength: number
  /** A second factor. An account that has one is asked for it after the password, and confirmed by nothing less. */
  readonly isSecondFactor: boolean
  /** A way back when the others are lost: it serves where a second factor is asked for, but does not make an account have one. */
  readonly isSpare?: boolean
  /** Whether a sign-in of this person can begin with it, and whether another method has to finish it. Absent: none can. */
  readonly entry?: (ctx: Context<Actor>, userId: string) => Promise<'alone' | 'with another' | null>
  /** Guessable by trying, so its tries are counted. A signature is not. */
  readonly isGuessable: boolean
  readonly available: (ctx: Context<Actor>, userId: string) => Promise<boolean>
  /** What the browser needs before it can prove: a challenge. */
  readonly challenge?: (ctx: Context<Actor>, userId: string) => Promise<Record<string, unknown>>
  readonly verify: (ctx: Context<Actor>, userId: string, proof: string) => Promise<boolean>
  /**
   * For a method whose proof asked to be trusted with more (`raises`, the id of what it names): called in the transaction
   * that opens the session, once another method has been proven beside it.
   */
  readonly raise?: (ctx: Context<Actor>, userId: string, raised: string) => Promise<void>
}

/** A browser the account has signed in with before. `isStrong`: a second factor was proven in it. */
export type KnownDevice = { readonly id: string; readonly isStrong: boolean }

/** The browser of this request, when the account knows it. */
export type RecogniseDevice = (
  ctx: Pick<Context<Actor>, 'db' | 'keys' | 'actor'>,
  userId: string,
) => Promise<KnownDevice | null>

/** Guesses at one account that were wrong many times in a row. */
export type Guessing = {
  /** Id of the account, or what stands for one that does not exist. */
  readonly account: string
  readonly isPassword: boolean
  /** How the trail calls what was guessed. */
  readonly kind: string
  /**
   * Called in the transaction that writes the letter: how many were wrong in a row, or null when the person was told
   * within the last day.
   */
  readonly claim: (ctx: Pick<Context, 'db' | 'keys' | 'now'>) => Promise<number | null>
}

export type OnGuessing = (ctx: Context<Actor>, guessing: Guessing) => Promise<void>
