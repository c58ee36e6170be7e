import { type AnswerOf, api, Problem } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { leaveTo } from '#web/lib/navigate.ts'
import { safeNext } from '#web/lib/next-path.ts'
import { queryValue } from '#web/lib/query.ts'

export type SignedIn = AnswerOf<Contracts['signIn']['operations']['start']>
export type Pending = AnswerOf<Contracts['signIn']['operations']['pending']>
/** What a finished step says: on to the next one, or the page is left. */
export type Outcome = 'leaving' | undefined

export const enter = (): 'leaving' => {
  leaveTo(safeNext(queryValue('next')))
  return 'leaving'
}

/** The sign-in under way in this browser, if there is one that can still be finished. */
export const askPending = async (): Promise<Pending | null> => {
  try {
    const pending = await api.signIn.pending()
    return pending.triesLeft > 0 ? pending : null
  } catch {
    // Without an answer the first step is as good a place as any: it says itself what is wrong.
    return null
  }
}

export const isNothingPending = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'sign-in.nothing_pending'
