import { passkeySupport } from '#web/lib/passkey.ts'
import { type AnsweredPasskey, askForPasskey } from './passkey-sign-in.ts'

/** A challenge is good for 5 minutes; the user may have the list open when it is renewed. */
const renewAfterMilliseconds = 270_000
const lookEveryMilliseconds = 15_000
/** A browser that refuses at once would be asked for ever. */
const quickMilliseconds = 1000
const quickFailuresMax = 3

/** `true`: it did not sign in, so passkeys are offered again. */
type OnAnswer = (answer: AnsweredPasskey) => Promise<boolean>

/**
 * Keeps passkeys in the autofill of the address field. Stopped before anything else asks for a passkey,
 * started again when that came to nothing.
 */
export const createAutofill = (onAnswer: OnAnswer) => {
  let round: AbortController | null = null
  let startedAt = 0
  let quickFailures = 0

  const stop = () => {
    round?.abort()
    round = null
  }

  /** One request for as long as it lasts; whether to make another. */
  const offer = async (signal: AbortSignal): Promise<boolean> => {
    startedAt = Date.now()
    try {
      const answer = await askForPasskey({ signal, autofill: true })
      if (signal.aborted) return false
      const isOffered = await onAnswer(answer)
      // Or the next renewal would offer it all the same.
      if (!isOffered && !signal.aborted) stop()
      return isOffered
    } catch {
      if (signal.aborted) return false
      quickFailures = Date.now() - startedAt < quickMilliseconds ? quickFailures + 1 : 0
      return quickFailures < quickFailuresMax
    }
  }
  const run = async (own: AbortController) => {
    if (!(await passkeySupport()).autofill) return
    while (!own.signal.aborted && (await offer(own.signal)));
  }
  const start = () => {
    round?.abort()
    round = new AbortController()
    quickFailures = 0
    void run(round)
  }
  /** A hidden tab asks the server for nothing. */
  const renew = () => {
    const isOld = Date.now() - startedAt >= renewAfterMilliseconds
    if (round && isOld && document.visibilityState === 'visible') start()
  }

  /** For as long as the page is open; the answer ends it. */
  const open = () => {
    const timer = setInterval(renew, lookEveryMilliseconds)
    document.addEventListener('visibilitychange', renew)
    start()
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', renew)
      stop()
    }
  }
  return { open, start, stop }
}
