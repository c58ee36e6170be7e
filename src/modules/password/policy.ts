import { type Context, Refusal } from '@latchkey/kit'
import type { z } from 'zod'
import { findOnlyOrganisation } from '#modules/people/api.ts'
import { coreSettings } from '#platform/config/core.ts'
import { publicOrigins } from '#platform/config/public-url.ts'
import { isBreached } from './breach-check.ts'
import { isCommonPassword } from './common-passwords.ts'
import { refusals, type Weakness } from './contract.ts'
import { isPersonal, longWords, type Personal, personalWords } from './personal.ts'
import { passwordSettings } from './settings.ts'
import { type Score, scorePassword } from './strength.ts'

type Asking = Pick<Context, 'config' | 'db'>
type WeaknessName = z.output<typeof Weakness>
export type Assessment = {
  readonly score: Score
  readonly weaknesses: readonly WeaknessName[]
  readonly lengthMin: number
}

const charactersMax = 128
const bytesMax = 1024
/** zxcvbn 2: withstands 10⁶ guesses, more than the throttle lets anybody make in years. */
const scoreMin = 2

/** Of the place: an account of it is guessed with its name first (NIST SP 800-63B-4 §3.1.1.2, context-specific words). */
const placeOf = async (ctx: Asking): Promise<Personal> => {
  const [origin = ''] = publicOrigins(ctx.config.read(coreSettings))
  const organisation = await findOnlyOrganisation(ctx.db)
  return {
    host: new URL(origin).hostname,
    ...(organisation && { organisation: organisation.name }),
  }
}

/** Every reason at once, so that nobody has to try five times. NIST SP 800-63B-4 §3.1.1.2: no rules of composition. */
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

/** The decision for a password somebody wants to keep. Refuses with `password.too_weak`. */
export const requireAcceptable = async (
  ctx: Asking & Pick<Context, 'log'>,
  password: string,
  { pointer = '/password', ...personal }: Personal & { readonly pointer?: string },
): Promise<void> => {
  const { weaknesses } = await assess(ctx, password, personal)
  const found = [...weaknesses]
  const { breachCheck, breachUrl } = ctx.config.read(passwordSettings)
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
      message: refusals.too_weak.title,
    })),
  })
}
