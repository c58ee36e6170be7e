/** Read by the signed-in pages, which suggest a passkey to a user who came in by password. */
const key = 'latchkey-passkey-offer'

/** Storage may be blocked by the browser; then there is no offer. */
export const markPasskeyOffer = (isDue: boolean): void => {
  try {
    if (isDue) sessionStorage.setItem(key, 'due')
    else sessionStorage.removeItem(key)
  } catch {}
}
