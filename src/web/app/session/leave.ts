import { api, pageAs } from '#web/lib/client.ts'

export type LeaveReason = 'ended' | 'signed-out'

let isGone = false
let signedInAs: string | null = null

/** Whose page this is. From now on a missing session means that one has ended, not that there never was one. */
export const rememberSignedIn = (userId: string): void => {
  signedInAs ??= userId
}

export const isLeaving = (): boolean => isGone

/**
 * Goes to the sign-in page, once. `replace`: the way back would only lead to a page that leaves again.
 * After an explicit sign-out the page is not offered again; the next person may be another one.
 */
export const leave = (reason: LeaveReason): void => {
  if (isGone) return
  isGone = true
  const query = new URLSearchParams()
  if (signedInAs) query.set('reason', reason)
  if (reason === 'ended') query.set('next', location.pathname + location.search)
  location.replace(`${pageAs['sign-in']}?${query}`)
}

/**
 * The cookie belongs to the browser and not to the tab: another person may have signed in in another one. What this page
 * shows, and what was typed into it, is not theirs, so it starts anew.
 */
export const isSamePerson = async (): Promise<boolean> => {
  const { userId } = await api.account.me()
  if (signedInAs === null || userId === signedInAs) return true
  if (!isGone) {
    isGone = true
    location.reload()
  }
  return false
}
