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

/** Five minutes, far more than a phone is ever off; without a bound a clock could be led away step by step. */
export const driftMax = 10

/**
 * The time step a code belongs to: the one expected, the one before, for people who type slowly, or the one after, for
 * phones whose clock is ahead (RFC 6238 §5.2 and §6). `now` is what the clock of the app is known to say. Null for any other
 * code. All three are compared, in constant time: three and never more, so that a guess is never likelier.
 */
export const stepOf = (secret: Uint8Array, code: string, now: number): number | null => {
  const otp = otpOf(secret)
  const expected = stepAt(now)
  const found = [expected, expected - 1, expected + 1].filter((step) =>
    sameText(otp.generate({ timestamp: step * stepMs }), code),
  )
  return found[0] ?? null
}

/** What the clock of an app says, as far as it is known. */
export const momentIn = ({ drift }: Pick<Drift, 'drift'>, now: number): number =>
  now + drift * stepMs

type Drift = { readonly drift: number; readonly drift_seen: number }

/** What a code that was accepted tells about the clock of the app: off by the same twice, and it is remembered. */
export const driftAfter = (known: Drift, step: number, now: number): Drift => {
  const away = step - stepAt(now) - known.drift
  if (away === 0 || away !== known.drift_seen) return { drift: known.drift, drift_seen: away }
  const drift = Math.max(-driftMax, Math.min(driftMax, known.drift + away))
  return { drift, drift_seen: 0 }
}

/**
 * No code can be accepted that lies further ahead than this. A last step beyond it was written before our clock was set
 * back: it would refuse every code until the clock has caught up, maybe for hours. A code of that time could be used once
 * more then, by an attacker who saw it typed; each step is still taken once.
 */
export const lastStepMax = (now: number): number => stepAt(now) + driftMax + 2
