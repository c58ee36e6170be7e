import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import { Monitor, Moon, Sun } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'

export const colorSchemeIcons = { light: Sun, dark: Moon, auto: Monitor } as const
export const colorSchemes = ['light', 'dark', 'auto'] as const

export const ThemeMenu = () => {
  const t = useTexts('app')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Current = colorSchemeIcons[colorScheme]
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
          aria-label={t('theme.label', { current: t(`theme.${colorScheme}`) })}
        >
          <Current size={18} strokeWidth={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(chosen) => setColorScheme(chosen as MantineColorScheme)}
        >
          {colorSchemes.map((scheme) => {
            const Icon = colorSchemeIcons[scheme]
            return (
              <Menu.RadioItem
                key={scheme}
                value={scheme}
                rightSection={<Icon size={16} aria-hidden />}
                data-autofocus={scheme === colorScheme || undefined}
              >
                {t(`theme.${scheme}`)}
              </Menu.RadioItem>
            )
          })}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
