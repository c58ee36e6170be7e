import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import type { z } from 'zod'
import type { AuthenticationResponse, RegistrationResponse } from './contract.ts'
import { isDerSignature } from './der.ts'
import type { PasskeyRow } from './store.ts'
import { webauthn, webauthnHelpers } from './webauthn.ts'

export type Verified = {
  readonly counter: number
  readonly userVerified: boolean
  readonly backedUp: boolean
}

type ClientData = { readonly crossOrigin?: unknown; readonly topOrigin?: unknown }

/** Nothing of ours is embedded anywhere, so a ceremony inside a foreign page is an attack (WebAuthn §13.4.9). */
export const isEmbedded = (clientDataJson: string): boolean => {
  try {
    const data = JSON.parse(
      Buffer.from(clientDataJson, 'base64url')
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    ) as ClientData
    return data.crossOrigin === true || data.topOrigin !== undefined
  } catch {
    return true
  }
}

type Expected = { readonly challenge: string; readonly origins: string[]; readonly rpId: string }

/** EdDSA, ES256, RS256 (IANA COSE algorithms): what authenticators in use can do. */
export const algorithms = [-8, -7, -257]
/** R11: what a credential id may hold at most (WebAuthn §4). */
const credentialIdBytesMax = 1023

/** Steps R1 to R14 of WebAuthn §7.1. Null for any fault: the exact cause would help only an attacker. */
export const verifyRegistration = async (
  response: z.output<typeof RegistrationResponse>,
  { challenge, origins, rpId }: Expected,
) => {
  if (isEmbedded(response.response.clientDataJSON)) return null
  try {
    const { verified, registrationInfo } = await (await webauthn()).verifyRegistrationResponse({
      response: response as unknown as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origins,
      expectedRPID: rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    })
    const { length } = Buffer.from(registrationInfo?.credential.id ?? '', 'base64url')
    return verified && length <= credentialIdBytesMax ? (registrationInfo ?? null) : null
  } catch {
    return null
  }
}

const isOneSpelling = async (row: PasskeyRow, signature: string): Promise<boolean> => {
  const { cose, decodeCredentialPublicKey } = await webauthnHelpers()
  const key = decodeCredentialPublicKey(Uint8Array.from(row.public_key))
  return !cose.isCOSEPublicKeyEC2(key) || isDerSignature(Buffer.from(signature, 'base64url'))
}

/** Steps S4 to S8 of §7.2. `counter` means a good signature with a counter that went back: perhaps a copy. */
export const verifyAssertion = async (
  row: PasskeyRow,
  response: z.output<typeof AuthenticationResponse>,
  expected: Expected,
): Promise<Verified | 'counter' | 'signature'> => {
  if (isEmbedded(response.response.clientDataJSON)) return 'signature'
  try {
    const { verified, authenticationInfo } = await (await webauthn()).verifyAuthenticationResponse({
      response: response as unknown as AuthenticationResponseJSON,
      expectedChallenge: expected.challenge,
      expectedOrigin: expected.origins,
      expectedRPID: expected.rpId,
      requireUserVerification: false,
      // Zero switches the library's own comparison off; ours below tells a copy from a forgery.
      credential: { id: row.credential_id, publicKey: Uint8Array.from(row.public_key), counter: 0 },
    })
    if (!verified || !(await isOneSpelling(row, response.response.signature))) return 'signature'
    const { newCounter, userVerified, credentialBackedUp, credentialDeviceType } =
      authenticationInfo
    if ((credentialDeviceType === 'multiDevice') !== (row.backup_eligible === 1)) return 'signature'
    if ((newCounter > 0 || row.counter > 0) && newCounter <= row.counter) return 'counter'
    return { counter: newCounter, userVerified, backedUp: credentialBackedUp }
  } catch {
    return 'signature'
  }
}
