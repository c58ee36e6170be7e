import { isLocale } from '#web/lib/locale.ts'
import { useLocale, useTexts } from '#web/lib/texts.ts'
import classes from './Entrance.module.css'

/** A language is called what its speakers call it. */
const nameOf = (locale: string) =>
  new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale

/** A choice of one is none: shown once there is a second language. */
export const LanguageSwitch = () => {
  const t = useTexts('web')
  const { locale, offered, setLocale } = useLocale()
  if (offered.length < 2) return null
  return (
    <label className={classes.language}>
      <span className={classes.unseen}>{t('language.label')}</span>
      <select
        value={locale}
        onChange={(event) => {
          if (isLocale(event.currentTarget.value)) void setLocale(event.currentTarget.value)
        }}
      >
        {offered.map((option) => (
          <option key={option} value={option} lang={option}>
            {nameOf(option)}
          </option>
        ))}
      </select>
    </label>
  )
}
