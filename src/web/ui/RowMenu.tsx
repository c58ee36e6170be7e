import { ActionIcon, Button, Menu } from '@mantine/core'
import { Ellipsis, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import classes from './RowMenu.module.css'

type MenuProps = {
  /** What the three dots are called; it names the row. */
  readonly label: string
  /** `Menu.Item`s. */
  readonly children: ReactNode
}

/** What can be done with a row of a list, behind three dots. */
export const RowMenu = ({ label, children }: MenuProps) => (
  <Menu
    position="bottom-end"
    portalProps={{ target: '#content' }}
    withInitialFocusPlaceholder={false}
  >
    <Menu.Target>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={label}>
        <Ellipsis size={18} aria-hidden />
      </ActionIcon>
    </Menu.Target>
    <Menu.Dropdown>{children}</Menu.Dropdown>
  </Menu>
)

type RowAct = {
  readonly icon: LucideIcon
  readonly label: string
  /** The same with the name of the row, for screen readers, which may meet the button alone. */
  readonly named: string
  readonly run: () => void
}

type ActionsProps = { readonly label: string; readonly acts: readonly RowAct[] }

/** For rows that open: a menu where there is room for one beside the words; on phones, below the details, the actions themselves. */
export const RowActions = ({ label, acts }: ActionsProps) => (
  <>
    <span className={classes.menu}>
      <RowMenu label={label}>
        {acts.map(({ icon: Icon, label, run }) => (
          <Menu.Item key={label} leftSection={<Icon size={16} aria-hidden />} onClick={run}>
            {label}
          </Menu.Item>
        ))}
      </RowMenu>
    </span>
    <span className={classes.buttons}>
      {acts.map(({ label, named, run }) => (
        <Button key={label} variant="default" size="compact-md" aria-label={named} onClick={run}>
          {label}
        </Button>
      ))}
    </span>
  </>
)
