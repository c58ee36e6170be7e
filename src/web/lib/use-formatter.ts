import { createContext, useContext, useMemo } from 'react'
import {
  automaticPreferences,
  createFormatter,
  type FormatPreferences,
  type Formatter,
} from './formatter.ts'
import { say, useLocale } from './texts.ts'

/** Set once preferences can be stored; automatic until then. */
export const FormatPreferencesContext = createContext<FormatPreferences>(automaticPreferences)

/** Dates, times, numbers and sizes as this person reads them. */
export const useFormatter = (): Formatter => {
  const preferences = useContext(FormatPreferencesContext)
  const { locale } = useLocale()
  return useMemo(
    () =>
      createFormatter(preferences, {
        language: locale,
        deviceLocales: navigator.languages,
        justNow: say('web', 'justNow'),
        deviceTimeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      }),
    [preferences, locale],
  )
}
