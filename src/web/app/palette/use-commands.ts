import { useMantineColorScheme } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { LogOut } from 'lucide-react'
import { say, useTexts } from '#web/lib/texts.ts'
import type { UiIcon } from '#web/lib/ui-module.ts'
import type { Navigation } from '../navigation.ts'
import { useSignOut } from '../session/use-sign-out.ts'
import { colorSchemeIcons, colorSchemes } from '../shell/ThemeMenu.tsx'

export type Command = {
  readonly id: string
  readonly label: string
  /** Where it belongs, shown at the end edge. */
  readonly hint: string
  readonly icon: UiIcon
  readonly run: () => void
}

/** Every page this person may see, and what the top bar can do. */
export const useCommands = (navigation: Navigation): readonly Command[] => {
  const t = useTexts('app')
  const navigate = useNavigate()
  const signOut = useSignOut()
  const { setColorScheme } = useMantineColorScheme()

  const places = [...navigation.account, ...navigation.organisation].flatMap((group) =>
    group.pages.map((page) => ({
      id: page.path,
      label: say<string>(page.module, page.titleKey),
      hint: t(`areas.${page.area}`),
      icon: page.icon,
      run: () => void navigate({ to: page.path }),
    })),
  )
  const themes = colorSchemes.map((scheme) => ({
    id: `theme-${scheme}`,
    label: t('palette.theme', { theme: t(`theme.${scheme}`) }),
    hint: t('palette.action'),
    icon: colorSchemeIcons[scheme],
    run: () => setColorScheme(scheme),
  }))
  const leave = {
    id: 'sign-out',
    label: t('person.signOut'),
    hint: t('palette.action'),
    icon: LogOut,
    run: signOut,
  }
  return [...places, ...themes, leave]
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()

/** Every word typed must occur; accents and case do not matter. */
export const matching = (commands: readonly Command[], typed: string): readonly Command[] => {
  const words = fold(typed).split(/\s+/).filter(Boolean)
  return commands.filter(({ label, hint }) => {
    const text = fold(`${label} ${hint}`)
    return words.every((word) => text.includes(word))
  })
}
