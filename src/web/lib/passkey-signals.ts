/*
 * The Signal API (WebAuthn Level 3 §5.1.10): what a password manager should know about changes here.
 * Fire and forget: what comes of a signal is not reported.
 */

type Signal = (values: object) => Promise<void>

const send = (name: string, values: object): void => {
  const statics = (window.PublicKeyCredential ?? {}) as unknown as Readonly<Record<string, Signal>>
  statics[name]?.(values)?.catch(() => {})
}

/** The server is certain that it does not know this one: the browser may stop offering it. */
export const signalUnknown = (rpId: string, credentialId: string): void =>
  send('signalUnknownCredential', { rpId, credentialId })

type AccountSignals = {
  readonly rpId: string
  readonly userHandle: string | null
  readonly credentialIds: readonly string[]
  readonly name: string
  readonly displayName: string
}

/** Only for the user who is signed in: which passkeys are left, and how the account is called. */
export const signalAccount = (signals: AccountSignals): void => {
  const { rpId, userHandle: userId, credentialIds, name, displayName } = signals
  if (userId === null) return
  send('signalAllAcceptedCredentials', { rpId, userId, allAcceptedCredentialIds: credentialIds })
  send('signalCurrentUserDetails', { rpId, userId, name, displayName })
}
