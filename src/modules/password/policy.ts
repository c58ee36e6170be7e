import { type Context, Refusal } from '@latchkey/kit'
import type { z } from 'zod'
import { isBreached } from './breach-check.ts'
import { isCommonPassword } from './common-passwords.ts'
import { refusals, type Weakness } from './contract.ts'
import { passwordSettings } from './settings.ts'
import { type Score, scorePassword } from './strength.ts'

/** What belongs to the person and so cannot be their secret. */
export type Personal = { readonly name?: string; readonly email?: string }
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

/** Words of four letters and more: shorter ones occur in any password by chance. */
const personalWords = ({ name = '', email = '' }: Personal): string[] => {
  const [local = '', domain = ''] = email.toLowerCase().split('@')
  const words = [
    ...name.toLowerCase().split(/\s+/),
    local,
    ...local.split(/[._+-]/),
    domain.split('.')[0] ?? '',
    'latchkey',
  ]
  return [...new Set(words)].filter((word) => word.length >= 4)
}

/** Mostly a personal word: what is left when it is taken out would be no password either. */
const isPersonal = (password: string, words: readonly string[], lengthMin: number): boolean => {
  const lower = password.toLowerCase()
  return words.some((word) => lower.includes(word) && lower.replaceAll(word, '').length < lengthMin)
}

/** Every reason at once, so that nobody has to try five times. NIST SP 800-63B-4 §3.1.1.2: no rules of composition. */
export const assess = async (
  ctx: Pick<Context, 'config'>,
  password: string,
  personal: Personal,
): Promise<Assessment> => {
  const { minLength } = ctx.config.read(passwordSettings)
  const normal = password.normalize('NFC')
  const length = [...normal].length
  const words = personalWords(personal)
  const weaknesses: WeaknessName[] = []
  if (length < minLength) weaknesses.push('too_short')
  if (length > charactersMax || Buffer.byteLength(normal) > bytesMax) weaknesses.push('too_long')
  if (isCommonPassword(normal)) weaknesses.push('common')
  if (isPersonal(normal, words, minLength)) weaknesses.push('personal')
  const score = length === 0 ? 0 : await scorePassword(normal, words)
  if (score < scoreMin) weaknesses.push('guessable')
  return { score, weaknesses, lengthMin: minLength }
}

/** The decision for a password somebody wants to keep. Refuses with `password.too_weak`. */
export const requireAcceptable = async (
  ctx: Pick<Context, 'config' | 'log'>,
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
