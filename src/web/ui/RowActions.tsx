import { ActionIcon, Button, Menu } from '@mantine/core'
import { Ellipsis } from 'lucide-react'
import type { UiIcon } from '#web/lib/ui-module.ts'
import classes from './RowActions.module.css'

export type RowAction<Act extends string> = {
  readonly act: Act
  readonly icon: UiIcon
  readonly label: string
  /** With what it acts on: out of the menu, nothing else beside it says so. */
  readonly named: string
}

type Props<Act extends string> = {
  readonly menuLabel: string
  readonly actions: readonly RowAction<Act>[]
  readonly onAct: (act: Act) => void
}

/** A menu where there is room for one beside the words; on phones, below the details, the actions themselves. */
export const RowActions = <Act extends string>({ menuLabel, actions, onAct }: Props<Act>) => (
  <>
    <span className={classes.menu}>
      <Menu
        position="bottom-end"
        portalProps={{ target: '#content' }}
        withInitialFocusPlaceholder={false}
      >
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={menuLabel}>
            <Ellipsis size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {actions.map(({ act, icon: Icon, label }) => (
            <Menu.Item
              key={act}
              leftSection={<Icon size={16} aria-hidden />}
              onClick={() => onAct(act)}
            >
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
    <span className={classes.buttons}>
      {actions.map(({ act, label, named }) => (
        <Button
          key={act}
          variant="default"
          size="compact-md"
          aria-label={named}
          onClick={() => onAct(act)}
        >
          {label}
        </Button>
      ))}
    </span>
  </>
)
