import { api, Problem } from '#web/lib/client.ts'
import { type AskedPasskey, askPasskey } from '#web/lib/passkey.ts'
import { signalUnknown } from '#web/lib/passkey-signals.ts'
import type { SignedIn } from './steps.ts'

export type AnsweredPasskey = {
  readonly ceremonyId: string
  readonly rpId: string
  readonly response: AskedPasskey
}
type AskOptions = { readonly signal?: AbortSignal; readonly autofill?: boolean }

/** A fresh challenge, and the passkey that answered it. Throws `PasskeyError` and `Problem`. */
export const askForPasskey = async (asked: AskOptions = {}): Promise<AnsweredPasskey> => {
  const { ceremonyId, options } = await api.passkeys.signInOptions(
    {},
    asked.signal ? { signal: asked.signal } : {},
  )
  const response = await askPasskey(options, asked)
  const { rpId } = options
  return { ceremonyId, response, rpId: typeof rpId === 'string' ? rpId : location.hostname }
}

/** A passkey that is unknown here is told to the browser, so that it stops offering it. */
export const signInWithPasskey = async (
  { ceremonyId, rpId, response }: AnsweredPasskey,
  keepSignedIn: boolean,
): Promise<SignedIn> => {
  try {
    return await api.passkeys.signIn({ ceremonyId, response, keepSignedIn })
  } catch (error) {
    if (error instanceof Problem && error.code === 'passkeys.unknown')
      signalUnknown(rpId, response.id)
    throw error
  }
}
