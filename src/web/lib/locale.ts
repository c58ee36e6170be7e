/** Languages of the product. A language is offered once its texts are there. */
export const locales = ['en', 'uk', 'de', 'es', 'fr', 'pl', 'ja', 'ar'] as const
export type Locale = (typeof locales)[number]

/** English with accents and a third longer: shows what is not translated and what does not fit. */
export const pseudoLocale = 'en-XA'
export type AnyLocale = Locale | typeof pseudoLocale

export type Direction = 'ltr' | 'rtl'

const storageKey = 'latchkey-locale'
const rightToLeft: ReadonlySet<string> = new Set(['ar'])

export const isLocale = (value: unknown): value is Locale =>
  locales.some((locale) => locale === value)
const isAnyLocale = (value: unknown): value is AnyLocale =>
  value === pseudoLocale || isLocale(value)

export const directionOf = (locale: AnyLocale): Direction =>
  rightToLeft.has(locale) ? 'rtl' : 'ltr'

/** Storage may be blocked by the browser; a language is not worth an error. */
const attempt = <T>(work: () => T): T | null => {
  try {
    return work()
  } catch {
    return null
  }
}

/** `?locale=` is for trying out: it lasts as long as the tab and leaves the choice alone. */
const triedOut = (): AnyLocale | null => {
  const asked = new URLSearchParams(location.search).get('locale')
  if (isAnyLocale(asked)) attempt(() => sessionStorage.setItem(storageKey, asked))
  const kept = attempt(() => sessionStorage.getItem(storageKey))
  return isAnyLocale(asked) ? asked : isAnyLocale(kept) ? kept : null
}

export const storeLocale = (locale: AnyLocale): void => {
  attempt(() => sessionStorage.removeItem(storageKey))
  attempt(() => localStorage.setItem(storageKey, locale))
}

/** What was chosen, else the first language of the browser that is offered (RFC 4647 §3.4, by language alone). */
export const detectLocale = (offered: readonly Locale[]): AnyLocale => {
  const tried = triedOut()
  if (tried) return tried
  const chosen = attempt(() => localStorage.getItem(storageKey))
  if (isLocale(chosen) && offered.includes(chosen)) return chosen
  const wanted = navigator.languages.map((tag) => tag.split('-')[0]?.toLowerCase())
  return wanted.find((tag): tag is Locale => offered.some((locale) => locale === tag)) ?? 'en'
}

/** The document says its language and direction: fonts, hyphens and screen readers follow it. */
export const announceLocale = (locale: AnyLocale): void => {
  document.documentElement.lang = locale
  document.documentElement.dir = directionOf(locale)
}
