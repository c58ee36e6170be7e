import { pages } from '#web/lib/client.ts'

export type LeaveReason = 'ended' | 'signed-out'

let isGone = false
let wasIn = false

/** From now on a missing session means that one has ended, not that there never was one. */
export const rememberSignedIn = (): void => {
  wasIn = true
}

export const isLeaving = (): boolean => isGone

/**
 * Goes to the sign-in page, once. `replace`: the way back would only lead to a page that leaves again.
 * After an explicit sign-out the page is not offered again; the next person may be somebody else.
 */
export const leave = (reason: LeaveReason): void => {
  if (isGone) return
  isGone = true
  const query = new URLSearchParams()
  if (wasIn) query.set('reason', reason)
  if (reason === 'ended') query.set('next', location.pathname + location.search)
  location.replace(`${pages.signIn.signIn}?${query}`)
}
