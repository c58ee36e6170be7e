import { ActionIcon, Menu } from '@mantine/core'
import { Languages } from 'lucide-react'
import { type Locale, useLocale, useTexts } from '#web/lib/texts.ts'

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
    <Menu
      position="bottom-end"
      width={184}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={40}
          aria-label={t('language.label', { current: ownName(locale) })}
        >
          <Languages size={18} strokeWidth={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={locale} onChange={(chosen) => void setLocale(chosen as Locale)}>
          {offered.map((one) => (
            <Menu.RadioItem
              key={one}
              value={one}
              lang={one}
              data-autofocus={one === locale || undefined}
            >
              {ownName(one)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
