import { ActionIcon, Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import type { UiIcon } from '#web/lib/ui-module.ts'

type Choice<T extends string> = {
  readonly value: T
  readonly label: string
  readonly lang?: string
  readonly icon?: ReactNode
}
type Props<T extends string> = {
  readonly icon: UiIcon
  readonly label: string
  readonly value: string
  readonly choices: readonly Choice<T>[]
  readonly onChoose: (value: T) => void
}

/** A button of the top bar that opens one choice among a few. */
export const ChoiceMenu = <T extends string>(props: Props<T>) => {
  const { icon: Current, label, value, choices, onChoose } = props
  return (
    <Menu
      position="bottom-end"
      width={184}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={40} aria-label={label}>
          <Current size={18} strokeWidth={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={value} onChange={(chosen) => onChoose(chosen as T)}>
          {choices.map((choice) => (
            <Menu.RadioItem
              key={choice.value}
              value={choice.value}
              lang={choice.lang}
              rightSection={choice.icon}
              data-autofocus={choice.value === value || undefined}
            >
              {choice.label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
