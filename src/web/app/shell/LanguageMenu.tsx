import { Languages } from 'lucide-react'
import { type Locale, useLocale, useTexts } from '#web/lib/texts.ts'
import { ChoiceMenu } from './ChoiceMenu.tsx'

/** A language is listed in its own words: who cannot read this page finds it all the same. */
const ownName = (locale: string): string => {
  const name = new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
}

/** A choice of one is none: shown once there is a second language. */
export const LanguageMenu = () => {
  const t = useTexts('app')
  const { locale, offered, setLocale } = useLocale()
  if (offered.length < 2) return null
  return (
    <ChoiceMenu<Locale>
      icon={Languages}
      label={t('language.label', { current: ownName(locale) })}
      value={locale}
      choices={offered.map((one) => ({ value: one, label: ownName(one), lang: one }))}
      onChoose={(chosen) => void setLocale(chosen)}
    />
  )
}
