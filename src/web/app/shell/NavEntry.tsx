import { Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { UiIcon } from '#web/lib/ui-module.ts'
import classes from './NavEntry.module.css'

type Props = {
  readonly to: string
  readonly label: string
  readonly icon?: UiIcon | undefined
  /** For an entry that stands for several pages; by default the address decides. */
  readonly isActive?: boolean
  /** Only the icon is seen; the name is in a tooltip and read out. */
  readonly isNarrow?: boolean
  readonly onFollow?: (() => void) | undefined
}

/** One link of a menu. */
export const NavEntry = ({
  to,
  label,
  icon: Icon,
  isActive,
  isNarrow = false,
  onFollow,
}: Props) => (
  <Tooltip label={label} position="right" disabled={!isNarrow}>
    <Link
      to={to}
      className={classes.entry}
      activeOptions={{ exact: true }}
      data-active={isActive || undefined}
      data-narrow={isNarrow || undefined}
      aria-label={isNarrow ? label : undefined}
      onClick={onFollow}
    >
      {Icon && <Icon size={18} strokeWidth={1.75} aria-hidden />}
      {!isNarrow && <span className={classes.label}>{label}</span>}
    </Link>
  </Tooltip>
)
