import { api, urlOf } from '#web/lib/client.ts'
import { isSamePerson, leave } from './leave.ts'
import { keepWatching } from './stream.ts'
import { onTabMessage, tellTabs } from './tabs.ts'

const lockName = 'latchkey-session-watch'

/** The user is signing out in this browser: the end that is about to be announced was wished for. */
let isSigningOut = false

/** An end of the session is answered with 401, and the client then leaves by itself. */
const check = async () => {
  await isSamePerson().catch(() => {})
}

const onEnded = () => {
  const reason = isSigningOut ? 'signed-out' : 'ended'
  tellTabs(reason)
  leave(reason)
}

const hearTabs = () =>
  onTabMessage((message) => {
    if (message === 'signing-out') isSigningOut = true
    else if (message === 'sign-out-failed') isSigningOut = false
    else leave(message)
  })

/** A page from the back-forward cache shows what was true before the user left. */
const onPageShow = (event: PageTransitionEvent) => {
  if (event.persisted) location.reload()
}

/**
 * Makes this page leave when its session ends. One tab holds the stream and tells the others:
 * over HTTP/1.1 a browser allows six connections per server, and six open tabs would use them up.
 * Without the Web Locks API (plain http away from localhost) each tab holds its own.
 */
export const watchSession = (): (() => void) => {
  const stop = new AbortController()
  const watch = { url: urlOf.sessions.watch(), check, onEnded, signal: stop.signal }
  const forget = hearTabs()
  addEventListener('pageshow', onPageShow)
  if (navigator.locks) {
    navigator.locks
      .request(lockName, { signal: stop.signal }, () => keepWatching(watch))
      .catch(() => {})
  } else {
    void keepWatching(watch)
  }
  return () => {
    stop.abort()
    forget()
    removeEventListener('pageshow', onPageShow)
  }
}

/** Ends the session of this browser, in all its tabs. Throws `Problem` when it is still open. */
export const signOut = async (): Promise<void> => {
  isSigningOut = true
  tellTabs('signing-out')
  try {
    await api.signIn.end({})
  } catch (error) {
    isSigningOut = false
    tellTabs('sign-out-failed')
    throw error
  }
  tellTabs('signed-out')
  leave('signed-out')
}
