import { Check, CircleAlert, CircleSlash, TriangleAlert } from 'lucide-react'
import classes from './StateBadge.module.css'

const icons = {
  good: Check,
  notice: TriangleAlert,
  bad: CircleAlert,
  off: CircleSlash,
  /** A label that is no state. */
  plain: null,
}

type Props = {
  readonly tone: keyof typeof icons
  readonly children: string
}

/** A state in a word and an icon; colour only repeats what they say. */
export const StateBadge = ({ tone, children }: Props) => {
  const Icon = icons[tone]
  return (
    <span className={classes.badge} data-tone={tone}>
      {Icon && <Icon size={12} strokeWidth={2.5} aria-hidden />}
      {children}
    </span>
  )
}
