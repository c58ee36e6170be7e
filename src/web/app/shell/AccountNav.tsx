import { Drawer, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useRouterState } from '@tanstack/react-router'
import { ChevronsUpDown } from 'lucide-react'
import { say, useTexts } from '#web/lib/texts.ts'
import type { NavigationGroup } from '../navigation.ts'
import { pageAt } from '../navigation.ts'
import classes from './AccountNav.module.css'
import { Groups } from './Menus.tsx'

type Props = { readonly groups: readonly NavigationGroup[] }

/** On phones: says where you are and opens the list from below, like a select. */
const SectionSheet = ({ groups }: Props) => {
  const t = useTexts('app')
  const [isOpen, sheet] = useDisclosure()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const current = pageAt(
    groups.flatMap((group) => group.pages),
    path,
  )
  const Icon = current?.icon
  return (
    <>
      <UnstyledButton
        className={classes.opener}
        onClick={sheet.open}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
      >
        {Icon && <Icon size={18} strokeWidth={1.75} aria-hidden />}
        <span className={classes.where}>
          <span className={classes.hint}>{t('shell.accountSection')}</span>
          {current && say<string>(current.module, current.titleKey)}
        </span>
        <ChevronsUpDown size={16} aria-hidden />
      </UnstyledButton>
      <Drawer
        opened={isOpen}
        onClose={sheet.close}
        position="bottom"
        size="auto"
        title={t('areas.account')}
        classNames={{
          content: classes.sheet,
          header: classes.sheetHeader,
          body: classes.sheetBody,
        }}
        attributes={{ header: { role: 'presentation' } }}
        closeButtonProps={{ 'aria-label': t('dialog.close') }}
        transitionProps={{ duration: 160 }}
        overlayProps={{ backgroundOpacity: 0.4 }}
      >
        <nav className={classes.groups} aria-label={t('shell.accountMenu')}>
          <Groups groups={groups} onFollow={sheet.close} />
        </nav>
      </Drawer>
    </>
  )
}

/** Sections of the account: a column where there is room, a sheet where there is not. */
export const AccountNav = ({ groups }: Props) => {
  const t = useTexts('app')
  return (
    <div className={classes.nav}>
      <nav className={classes.side} aria-label={t('shell.accountMenu')}>
        <Groups groups={groups} />
      </nav>
      <div className={classes.small}>
        <SectionSheet groups={groups} />
      </div>
    </div>
  )
}
