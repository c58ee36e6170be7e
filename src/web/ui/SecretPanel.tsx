import type { ReactNode } from 'react'
import { CopyButton } from './CopyButton.tsx'
import classes from './SecretPanel.module.css'

type Props = {
  /** One value, or several that belong together. */
  readonly values: readonly string[]
  readonly label: string
  readonly copyLabel?: string
  /** What happens if it is lost. */
  readonly children: ReactNode
  /** Beside the copy button: download, print. */
  readonly tools?: ReactNode
}

/** A secret that is shown once: the value, ways to keep it, and what its loss means. */
export const SecretPanel = ({ values, label, copyLabel, children, tools }: Props) => (
  <div className={classes.panel}>
    <p className={classes.meaning}>{children}</p>
    <ul
      className={classes.values}
      aria-label={label}
      data-single={values.length === 1 || undefined}
    >
      {values.map((value) => (
        <li key={value} className={classes.value} translate="no">
          {value}
        </li>
      ))}
    </ul>
    <div className={classes.tools}>
      <CopyButton text={values.join('\n')} {...(copyLabel ? { label: copyLabel } : {})} />
      {tools}
    </div>
  </div>
)
