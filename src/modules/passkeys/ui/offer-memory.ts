/** Set by the sign-in page after signing in with the password. */
const offerKey = 'latchkey-passkey-offer'
const toldKey = 'latchkey-passkeys-told'

/** Storage may be switched off; then nothing is remembered, and nothing offered. */
const quietly = <T>(work: () => T, otherwise: T): T => {
  try {
    return work()
  } catch {
    return otherwise
  }
}

let wasInvited: boolean | null = null

/** Read once per page load and taken away, so that the offer belongs to the landing page. */
export const isInvited = (): boolean => {
  wasInvited ??= quietly(() => {
    const found = sessionStorage.getItem(offerKey) !== null
    sessionStorage.removeItem(offerKey)
    return found
  }, false)
  return wasInvited
}

/** True once per tab and account: password managers are told after a sign-in, not on every page. */
export const mayTellBrowser = (userId: string): boolean =>
  quietly(() => {
    if (sessionStorage.getItem(toldKey) === userId) return false
    sessionStorage.setItem(toldKey, userId)
    return true
  }, false)
