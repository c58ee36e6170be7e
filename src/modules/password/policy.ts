import { type Actor, type Context, Refusal } from '@latchkey/kit'
import type { z } from 'zod'
import { findOnlyOrganisation, findPersonByEmail } from '#modules/person/api.ts'
import { coreSettings } from '#platform/config/core.ts'
import { publicOrigins } from '#platform/config/public-url.ts'
import { recipientOf } from '#platform/identity/one-time-token.ts'
import { isBreached } from './breach-check.ts'
import { isCommonPassword } from './common-passwords.ts'
import { refusals, type Weakness } from './contract.ts'
import { isPersonal, longWords, type Personal, personalWords } from './personal.ts'
import { passwordSettings } from './settings.ts'
import { type Score, scorePassword } from './strength.ts'

type Asking = Pick<Context, 'config' | 'db'>
type WeaknessName = z.output<typeof Weakness>
type Typed = Pick<Personal, 'name' | 'email'> & { readonly token?: string | undefined }
export type Assessment = {
  readonly score: Score
  readonly weaknesses: readonly WeaknessName[]
  readonly lengthMin: number
}

const charactersMax = 128
const bytesMax = 1024
/** zxcvbn 2: withstands 10⁶ guesses, more than the throttle lets an attacker make in years. */
const scoreMin = 2

/** English text of each reason, for callers that do not use our pages. */
export const reasons: Readonly<Record<WeaknessName, (lengthMin: number) => string>> = {
  too_short: (lengthMin) => `must have at least ${lengthMin} characters`,
  too_long: () => `must have at most ${charactersMax} characters`,
  common: () => 'is on lists of common passwords',
  personal: () => 'is mostly made of the person’s name or address, or of the name of this site',
  guessable: () => 'follows a pattern that is easy to guess',
  breached: () => 'has appeared in a data breach',
  same: () => 'is the current password',
}

/** Words of the installation: attackers try its name first (NIST SP 800-63B-4 §3.1.1.2, context-specific words). */
const placeOf = async (ctx: Asking): Promise<Personal> => {
  const [origin = ''] = publicOrigins(ctx.config.read(coreSettings))
  const organisation = await findOnlyOrganisation(ctx.db)
  return {
    host: new URL(origin).hostname,
    ...(organisation && { organisation: organisation.name }),
  }
}

/**
 * The user whose password it would be: the signed-in one, else the recipient of the mailed link, else the data typed by a
 * user who has no account yet.
 */
export const personOf = async (
  ctx: Context<Actor>,
  { token, ...typed }: Typed,
): Promise<Personal> => {
  const { actor } = ctx
  const signedIn = 'userId' in actor ? { name: actor.name, email: actor.email } : {}
  const email = token === undefined ? null : await recipientOf(ctx, token)
  if (email === null) return { ...signedIn, ...typed }
  const known = await findPersonByEmail(ctx.db, email)
  return { ...typed, ...(known && { name: known.name }), email }
}

/** Returns all reasons together: the user need not try five times. No composition rules (NIST SP 800-63B-4 §3.1.1.2). */
export const assess = async (
  ctx: Asking,
  password: string,
  personal: Personal,
): Promise<Assessment> => {
  const { minLength } = ctx.config.read(passwordSettings)
  const normal = password.normalize('NFC')
  const length = [...normal].length
  const words = personalWords({ ...(await placeOf(ctx)), ...personal })
  const weaknesses: WeaknessName[] = []
  if (length < minLength) weaknesses.push('too_short')
  if (length > charactersMax || Buffer.byteLength(normal) > bytesMax) weaknesses.push('too_long')
  if (isCommonPassword(normal)) weaknesses.push('common')
  if (isPersonal(normal, words, minLength)) weaknesses.push('personal')
  const score = length === 0 ? 0 : await scorePassword(normal, longWords(words))
  if (score < scoreMin) weaknesses.push('guessable')
  return { score, weaknesses, lengthMin: minLength }
}

/** Decides whether a user may choose this password. Refuses with `password.too_weak`. */
export const requireAcceptable = async (
  ctx: Asking & Pick<Context, 'log'>,
  password: string,
  { pointer = '/password', ...personal }: Personal & { readonly pointer?: string },
): Promise<void> => {
  const { weaknesses } = await assess(ctx, password, personal)
  const found = [...weaknesses]
  const { minLength, breachCheck, breachUrl } = ctx.config.read(passwordSettings)
  if (breachCheck && found.length === 0) {
    const breached = await isBreached(password, breachUrl)
    if (breached === null)
      ctx.log.warn({}, 'the breach service did not answer; the local list was used alone')
    if (breached) found.push('breached')
  }
  if (found.length === 0) return
  throw new Refusal(refusals.too_weak, {
    fields: found.map((weakness) => ({
      pointer,
      code: weakness,
      message: reasons[weakness](minLength),
    })),
  })
}
