export type Moment = string | number | Date

/** How one person wants dates and numbers. `automatic` follows the interface language and this device. */
export type FormatPreferences = {
  readonly locale: 'automatic' | string
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: 'automatic' | string
  readonly hours: 'automatic' | '12' | '24'
  readonly relativeTime: 'automatic' | 'on' | 'off'
}

export const automaticPreferences: FormatPreferences = {
  locale: 'automatic',
  timeZone: 'automatic',
  hours: 'automatic',
  relativeTime: 'automatic',
}

/** What "automatic" stands for. */
type FormatSurroundings = {
  /** Language of the interface, e.g. `en`. */
  readonly language: string
  /** Languages the device asks for, e.g. `en-GB`; they add the region. */
  readonly deviceLocales: readonly string[]
  readonly deviceTimeZone: string
  /** "just now" in the language of the interface: what formatters have for it, "now", is no moment that has passed. */
  readonly justNow: string
}

export type Formatter = {
  readonly locale: string
  readonly timeZone: string
  readonly date: (moment: Moment) => string
  readonly dateTime: (moment: Moment) => string
  /** With seconds and time zone, still short. For definition lists. */
  readonly stamp: (moment: Moment) => string
  /** Unambiguous: weekday, seconds and time zone. For titles and screen readers. */
  readonly exact: (moment: Moment) => string
  /** "5 minutes ago" up to 30 days, a date beyond; a date and time when relative time is off. */
  readonly when: (moment: Moment, now?: Moment) => string
  readonly number: (value: number) => string
  readonly percent: (part: number) => string
  readonly fileSize: (bytes: number) => string
  readonly list: (items: readonly string[]) => string
  /** Name of an ISO 3166-1 alpha-2 country; the code itself when it has none. */
  readonly country: (code: string) => string
}

const minute = 60
const hour = 60 * minute
const day = 24 * hour
const relativeDaysMax = 30

/** Some systems hand on names of their own, like `en-US@posix`, which every formatter would throw at. */
const isLanguageTag = (locale: string): boolean => {
  try {
    return Intl.getCanonicalLocales(locale).length === 1
  } catch {
    return false
  }
}

const chooseLocale = (preferences: FormatPreferences, around: FormatSurroundings): string => {
  if (preferences.locale !== 'automatic') return preferences.locale
  const language = around.language.split('-')[0]
  return (
    around.deviceLocales.find(
      (locale) => locale.split('-')[0] === language && isLanguageTag(locale),
    ) ?? around.language
  )
}

const hourOptions = (hours: FormatPreferences['hours']): Intl.DateTimeFormatOptions =>
  hours === 'automatic' ? {} : { hourCycle: hours === '12' ? 'h12' : 'h23' }

/**
 * What has passed counts what is complete. What is ahead is rounded to the nearest, so that a token just made for 30 days
 * does not say 29; a step that rounds up to a whole larger one is left to that ("tomorrow", not "in 24 hours").
 */
const relativeStep = (seconds: number): [value: number, unit: Intl.RelativeTimeFormatUnit] => {
  const count = (unit: number): number =>
    seconds < 0 ? Math.trunc(seconds / unit) : Math.round(seconds / unit)
  if (Math.abs(count(minute)) < hour / minute)
    return [count(minute) || Math.sign(seconds), 'minute']
  if (Math.abs(count(hour)) < day / hour) return [count(hour), 'hour']
  return [count(day), 'day']
}

/** Seconds either way: a server's clock may run ahead, and a page's present moves every 30 seconds. */
const justNowMax = 45

/** Binary steps with the short names people read on their disks: 2 × 1024 × 1024 is "2 MB". */
const sizeSteps = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

const fileSizeFormatter = (locale: string) => {
  const formats = sizeSteps.map(
    (unit) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit,
        unitDisplay: unit === 'byte' ? 'long' : 'short',
        maximumFractionDigits: unit === 'byte' ? 0 : 1,
      }),
  )
  return (bytes: number) => {
    const exponent = bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(1024))
    const step = Math.min(exponent, sizeSteps.length - 1)
    return formats[step]?.format(bytes / 1024 ** step) ?? String(bytes)
  }
}

const dateFormats = (locale: string, timeZone: string, hours: Intl.DateTimeFormatOptions) => ({
  date: new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium' }),
  dateTime: new Intl.DateTimeFormat(locale, {
    timeZone,
    ...hours,
    dateStyle: 'medium',
    timeStyle: 'short',
  }),
  stamp: new Intl.DateTimeFormat(locale, {
    timeZone,
    ...hours,
    dateStyle: 'medium',
    timeStyle: 'long',
  }),
  exact: new Intl.DateTimeFormat(locale, {
    timeZone,
    ...hours,
    dateStyle: 'full',
    timeStyle: 'long',
  }),
})

/** The one formatter of the interface. Pure, so that mails and tests get the same words. */
export const createFormatter = (
  preferences: FormatPreferences,
  around: FormatSurroundings,
): Formatter => {
  const locale = chooseLocale(preferences, around)
  const timeZone =
    preferences.timeZone === 'automatic' ? around.deviceTimeZone : preferences.timeZone
  const formats = dateFormats(locale, timeZone, hourOptions(preferences.hours))
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const number = new Intl.NumberFormat(locale)
  const percent = new Intl.NumberFormat(locale, { style: 'percent' })
  const list = new Intl.ListFormat(locale, { type: 'conjunction' })
  const countries = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' })

  const when = (moment: Moment, now: Moment = Date.now()) => {
    const at = new Date(moment)
    if (preferences.relativeTime === 'off') return formats.dateTime.format(at)
    const seconds = Math.round((at.getTime() - new Date(now).getTime()) / 1000)
    if (Math.abs(seconds) < justNowMax) return around.justNow
    // The same grace: a token made for 30 days a moment ago is not further away than that.
    if (Math.abs(seconds) > relativeDaysMax * day + justNowMax) return formats.date.format(at)
    return relative.format(...relativeStep(seconds))
  }

  return {
    locale,
    timeZone,
    date: (moment) => formats.date.format(new Date(moment)),
    dateTime: (moment) => formats.dateTime.format(new Date(moment)),
    stamp: (moment) => formats.stamp.format(new Date(moment)),
    exact: (moment) => formats.exact.format(new Date(moment)),
    when,
    number: (value) => number.format(value),
    percent: (part) => percent.format(part),
    fileSize: fileSizeFormatter(locale),
    list: (items) => list.format(items),
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code),
  }
}
