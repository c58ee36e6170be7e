import type { AnswerOf } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import type { Formatter } from '#web/lib/formatter.ts'
import { hasText, type Say } from '#web/lib/texts.ts'

export type SessionPage = AnswerOf<Contracts['sessions']['operations']['list']>
export type Session = SessionPage['sessions'][number]

/** Programs people know by name. Any other calls itself what it likes, and a made-up name says nothing about a device. */
const knownPrograms = /^(curl|Wget|Postman(Runtime)?|insomnia|HTTPie|python-requests|node)$/i

/** "Firefox on Windows", or as much of it as is known. */
export const deviceName = (session: Session, t: Say<'sessions'>): string => {
  const { browser, operatingSystem: system, deviceModel, deviceType } = session
  if (deviceType === 'program' && !knownPrograms.test(browser ?? '')) return t('row.unknownProgram')
  if (browser && system) return t('row.device', { browser, system })
  return browser ?? deviceModel ?? system ?? t('row.unknownDevice')
}

/** The name its person gave it, or what its device tells of itself. */
export const sessionTitle = (session: Session, t: Say<'sessions'>): string =>
  session.name ?? deviceName(session, t)

export const placeName = (
  { location }: Session,
  t: Say<'sessions'>,
  formatter: Formatter,
): string => {
  if (location.kind === 'local') return t('location.local')
  if (location.kind === 'unknown' || !location.countryCode) return t('location.unknown')
  const country = formatter.country(location.countryCode)
  return location.city ? t('location.cityCountry', { city: location.city, country }) : country
}

/** Modules may add ways to sign in; one that has no text yet is shown by its own name. */
export const methodName = (method: string, t: Say<'sessions'>): string => {
  const key = `method.${method}`
  return hasText('sessions', key) ? t(key) : method
}
