import type { Context } from '@latchkey/kit'
import { Secret, TOTP } from 'otpauth'
import { sameText } from '#platform/crypto/digest.ts'
import { seal, unseal } from '#platform/crypto/envelope.ts'

/** RFC 6238 with the values every app understands. 160 bits as RFC 4226 §4 R6 recommends. */
const parameters = { algorithm: 'SHA1', digits: 6, period: 30 } as const
export const secretBytes = 20

const place = (id: string) => ({ table: 'authenticators', row: id, column: 'secret' })

export const sealSecret = (
  ctx: Pick<Context, 'db' | 'keys' | 'random' | 'now'>,
  id: string,
  secret: Uint8Array,
): Promise<Uint8Array> => seal(ctx, place(id), secret)

export const openSecret = (
  ctx: Pick<Context, 'db' | 'keys'>,
  row: { readonly id: string; readonly secret: Uint8Array },
): Promise<Uint8Array> => unseal(ctx, place(row.id), row.secret)

const otpOf = (secret: Uint8Array, issuer = '', label = ''): TOTP =>
  new TOTP({
    ...parameters,
    issuer,
    label,
    secret: new Secret({ buffer: Uint8Array.from(secret).buffer }),
  })

/**
 * What an app scans (https://github.com/google/google-authenticator/wiki/Key-Uri-Format). The colon separates issuer
 * and account there, escaped or not: one in the issuer's name would make apps show half of it as the account.
 */
export const otpUri = (secret: Uint8Array, issuer: string, account: string): string =>
  otpOf(secret, issuer.replace(/\s*:\s*/g, ' ').trim(), account).toString()

export const base32 = (secret: Uint8Array): string =>
  new Secret({ buffer: Uint8Array.from(secret).buffer }).base32

const stepMs = parameters.period * 1000

/** Number of the 30 seconds a moment falls into (RFC 6238 §4.2). */
export const stepAt = (moment: number): number => Math.floor(moment / stepMs)

/**
 * The time step a code belongs to: the current one or the one before, for clocks that lag and people who type slowly.
 * Null for any other code. Both are compared, in constant time.
 */
export const stepOf = (secret: Uint8Array, code: string, now: number): number | null => {
  const otp = otpOf(secret)
  const current = stepAt(now)
  const found = [current, current - 1].filter((step) =>
    sameText(otp.generate({ timestamp: step * stepMs }), code),
  )
  return found[0] ?? null
}
