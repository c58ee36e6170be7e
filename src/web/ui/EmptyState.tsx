import type { ReactNode } from 'react'
import classes from './StateBlock.module.css'

type Props = {
  readonly icon: ReactNode
  /** One sentence. */
  readonly children: ReactNode
  /** What fills it. */
  readonly action?: ReactNode
}

export const EmptyState = ({ icon, children, action }: Props) => (
  <div className={classes.block}>
    <span className={classes.icon} aria-hidden>
      {icon}
    </span>
    <p className={classes.sentence}>{children}</p>
    {action}
  </div>
)
