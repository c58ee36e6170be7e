import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { z } from 'zod'
import type { AuthenticationResponse } from './contract.ts'
import type { PasskeyRow } from './store.ts'
import { webauthn } from './webauthn.ts'

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
    if (!verified) return 'signature'
    const { newCounter, userVerified, credentialBackedUp, credentialDeviceType } =
      authenticationInfo
    if ((credentialDeviceType === 'multiDevice') !== (row.backup_eligible === 1)) return 'signature'
    if ((newCounter > 0 || row.counter > 0) && newCounter <= row.counter) return 'counter'
    return { counter: newCounter, userVerified, backedUp: credentialBackedUp }
  } catch {
    return 'signature'
  }
}
