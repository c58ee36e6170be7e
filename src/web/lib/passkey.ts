import type { InputOf } from './client.ts'
import type { Contracts } from './contracts.ts'

/*
 * The browser's side of passkeys (WebAuthn Level 3). Bytes are turned into base64url and back here and
 * not by `parseRequestOptionsFromJSON` and `toJSON`: Safari has those since 18.4 only, and password
 * managers that stand in for the browser answer objects without them.
 */

/** `options` of a ceremony, as the server sends them. */
export type PasskeyOptions = Readonly<Record<string, unknown>>
type Operations = Contracts['passkeys']['operations']
export type AskedPasskey = InputOf<Operations['signIn']>['response']
type MadePasskey = InputOf<Operations['register']>['response']

/**
 * `cancelled`: the person closed the dialog, let it run out, or it was taken back; never shown as an error.
 * `present`: this device holds a passkey of the account already. `wrong-address`: the page is not at the
 * address passkeys belong to.
 */
export type PasskeyReason = 'cancelled' | 'present' | 'unsupported' | 'wrong-address' | 'failed'

export class PasskeyError extends Error {
  readonly reason: PasskeyReason

  constructor(reason: PasskeyReason, cause?: unknown) {
    super(`passkey: ${reason}`, { cause })
    this.name = 'PasskeyError'
    this.reason = reason
  }
}

export const isCancelled = (error: unknown): boolean =>
  error instanceof PasskeyError && error.reason === 'cancelled'

const reasons: Readonly<Record<string, PasskeyReason>> = {
  NotAllowedError: 'cancelled',
  AbortError: 'cancelled',
  InvalidStateError: 'present',
  NotSupportedError: 'unsupported',
  ConstraintError: 'unsupported',
  SecurityError: 'wrong-address',
}

const asPasskeyError = (error: unknown): PasskeyError =>
  error instanceof PasskeyError
    ? error
    : new PasskeyError(reasons[error instanceof Error ? error.name : ''] ?? 'failed', error)

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0))

const textOf = (bytes: ArrayBuffer): string =>
  btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const described = ({ id, type, transports }: PublicKeyCredentialDescriptorJSON) => ({
  id: bytesOf(id),
  type: type as 'public-key',
  ...(transports ? { transports: transports as AuthenticatorTransport[] } : {}),
})

/** Whether there is any use in a button for it. */
export const hasPasskeys = (): boolean => typeof window.PublicKeyCredential === 'function'

/** One conversation at a time: browsers refuse a second, and an autofill request would block every dialog. */
let current: AbortController | null = null

const converse = async (
  given: AbortSignal | undefined,
  start: (signal: AbortSignal) => Promise<Credential | null>,
): Promise<PublicKeyCredential> => {
  if (!hasPasskeys()) throw new PasskeyError('unsupported')
  current?.abort()
  const own = new AbortController()
  current = own
  try {
    const answer = await start(given ? AbortSignal.any([given, own.signal]) : own.signal)
    if (!answer) throw new PasskeyError('failed')
    return answer as PublicKeyCredential
  } catch (error) {
    throw asPasskeyError(error)
  } finally {
    if (current === own) current = null
  }
}

const common = (credential: PublicKeyCredential) => ({
  id: credential.id,
  rawId: textOf(credential.rawId),
  type: 'public-key' as const,
  authenticatorAttachment: credential.authenticatorAttachment as
    | 'platform'
    | 'cross-platform'
    | null,
  clientExtensionResults: { ...credential.getClientExtensionResults() },
})

export type AskOptions = {
  readonly signal?: AbortSignal
  /** Waits in the autofill of the field with `autocomplete="… webauthn"` and opens no dialog. */
  readonly autofill?: boolean
}

/** Asks for a passkey that exists. Ends the request before it. Throws `PasskeyError`. */
export const askPasskey = async (
  options: PasskeyOptions,
  { signal, autofill = false }: AskOptions = {},
): Promise<AskedPasskey> => {
  const json = options as unknown as PublicKeyCredentialRequestOptionsJSON
  const credential = await converse(signal, (signal) =>
    navigator.credentials.get({
      signal,
      ...(autofill ? { mediation: 'conditional' } : {}),
      publicKey: {
        ...(json as object),
        challenge: bytesOf(json.challenge),
        allowCredentials: (json.allowCredentials ?? []).map(described),
      },
    }),
  )
  const { clientDataJSON, authenticatorData, signature, userHandle } =
    credential.response as AuthenticatorAssertionResponse
  return {
    ...common(credential),
    response: {
      clientDataJSON: textOf(clientDataJSON),
      authenticatorData: textOf(authenticatorData),
      signature: textOf(signature),
      ...(userHandle ? { userHandle: textOf(userHandle) } : {}),
    },
  }
}

export type MakeOptions = {
  readonly signal?: AbortSignal
  /** Asks the password manager that just filled in the password to add one, without a dialog. */
  readonly automatic?: boolean
}

/** Makes a new passkey. Ends the request before it. Throws `PasskeyError`. */
export const makePasskey = async (
  options: PasskeyOptions,
  { signal, automatic = false }: MakeOptions = {},
): Promise<MadePasskey> => {
  const json = options as unknown as PublicKeyCredentialCreationOptionsJSON
  const credential = await converse(signal, (signal) =>
    navigator.credentials.create({
      signal,
      ...(automatic ? { mediation: 'conditional' } : {}),
      publicKey: {
        ...(json as object),
        rp: json.rp,
        pubKeyCredParams: json.pubKeyCredParams as PublicKeyCredentialParameters[],
        challenge: bytesOf(json.challenge),
        user: { ...json.user, id: bytesOf(json.user.id) },
        excludeCredentials: (json.excludeCredentials ?? []).map(described),
      },
    } as CredentialCreationOptions),
  )
  const response = credential.response as AuthenticatorAttestationResponse
  return {
    ...common(credential),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  }
}

export type PasskeySupport = {
  readonly passkeys: boolean
  /** Passkeys in the autofill of a field. */
  readonly autofill: boolean
  /** A passkey can be added without a dialog right after a password was filled in. */
  readonly automatic: boolean
  /** This very device can keep one, behind face, finger or screen lock. */
  readonly onDevice: boolean
}

type Capabilities = Readonly<Record<string, boolean | undefined>>
type Statics = {
  readonly getClientCapabilities?: () => Promise<Capabilities>
  readonly isConditionalMediationAvailable?: () => Promise<boolean>
  readonly isUserVerifyingPlatformAuthenticatorAvailable?: () => Promise<boolean>
}

const no = async (): Promise<boolean> => false

/** What this browser can do; older ones are asked one by one. Never throws. */
export const passkeySupport = async (): Promise<PasskeySupport> => {
  const nothing = { passkeys: false, autofill: false, automatic: false, onDevice: false }
  if (!hasPasskeys()) return nothing
  const statics = window.PublicKeyCredential as unknown as Statics
  const ask = <T>(work: (() => Promise<T>) | undefined, otherwise: T) =>
    work ? work.call(statics).catch(() => otherwise) : Promise.resolve(otherwise)
  const can = await ask<Capabilities>(statics.getClientCapabilities, {})
  return {
    passkeys: true,
    autofill:
      can.conditionalGet ?? (await ask(statics.isConditionalMediationAvailable ?? no, false)),
    automatic: can.conditionalCreate ?? false,
    onDevice:
      can.userVerifyingPlatformAuthenticator ??
      (await ask(statics.isUserVerifyingPlatformAuthenticatorAvailable ?? no, false)),
  }
}
