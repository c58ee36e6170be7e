import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core'
import { Monitor, Moon, Sun } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import { ChoiceMenu } from './ChoiceMenu.tsx'

export const colorSchemeIcons = { light: Sun, dark: Moon, auto: Monitor } as const
export const colorSchemes = ['light', 'dark', 'auto'] as const

export const ThemeMenu = () => {
  const t = useTexts('app')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <ChoiceMenu<MantineColorScheme>
      icon={colorSchemeIcons[colorScheme]}
      label={t('theme.label', { current: t(`theme.${colorScheme}`) })}
      value={colorScheme}
      choices={colorSchemes.map((scheme) => {
        const Icon = colorSchemeIcons[scheme]
        return { value: scheme, label: t(`theme.${scheme}`), icon: <Icon size={16} aria-hidden /> }
      })}
      onChoose={setColorScheme}
    />
  )
}
