import { Tooltip, UnstyledButton } from '@mantine/core'
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { useTexts } from '#web/lib/texts.ts'
import type { Navigation } from '../navigation.ts'
import { MainMenu } from './Menus.tsx'
import classes from './Sidebar.module.css'

type Props = {
  readonly navigation: Navigation
  readonly isNarrow: boolean
  readonly onToggle: () => void
}

export const Sidebar = ({ navigation, isNarrow, onToggle }: Props) => {
  const t = useTexts('app')
  const toggleLabel = t(isNarrow ? 'shell.widen' : 'shell.narrow')
  const Icon = isNarrow ? PanelLeftOpen : PanelLeftClose
  return (
    <aside className={classes.sidebar} data-narrow={isNarrow || undefined}>
      <nav aria-label={t('shell.mainMenu')}>
        <MainMenu navigation={navigation} isNarrow={isNarrow} />
      </nav>
      <Tooltip label={toggleLabel} position="right" disabled={!isNarrow}>
        <UnstyledButton
          className={classes.toggle}
          onClick={onToggle}
          aria-expanded={!isNarrow}
          aria-label={isNarrow ? toggleLabel : undefined}
        >
          <Icon className={classes.icon} size={18} strokeWidth={1.75} aria-hidden />
          {!isNarrow && toggleLabel}
        </UnstyledButton>
      </Tooltip>
    </aside>
  )
}
