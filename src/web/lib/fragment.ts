/**
 * What came after `#` in the address: codes and tokens of mailed links. Taken out of the address
 * bar at once, so that they stay out of the history, of screenshots and of what is copied.
 */
const taken = new URLSearchParams(location.hash.slice(1))
// Without a name and a value it is a place on a page, and stays.
if (location.hash.includes('='))
  history.replaceState(history.state, '', location.pathname + location.search)

/** A second link opened in the same tab changes only the fragment: the page starts over with it. */
window.addEventListener('hashchange', () => {
  if (location.hash.includes('=')) location.reload()
})

/** Loads the page again with what was taken out of its address, or a mailed link would be lost. */
export const reloadWithFragment = (): void => {
  if (taken.size > 0) history.replaceState(history.state, '', `#${taken}`)
  location.reload()
}

/** Stays readable while the page is open; empty counts as absent. */
export const takenFromFragment = (name: 'code' | 'token' | 'name'): string | null =>
  taken.get(name) || null
