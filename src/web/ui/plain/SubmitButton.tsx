import type { ReactNode } from 'react'
import classes from './Button.module.css'

type Props = { readonly pending: boolean; readonly children: ReactNode }

/** Shows progress and keeps its size and the focus; the form itself ignores a second press. */
export const SubmitButton = ({ pending, children }: Props) => (
  <button type="submit" className={classes.button} aria-busy={pending} aria-disabled={pending}>
    <span className={classes.label}>{children}</span>
    {pending && <span className={classes.spinner} aria-hidden />}
  </button>
)

type PressProps = { readonly onPress: () => void; readonly children: ReactNode }

export const QuietButton = ({ onPress, children }: PressProps) => (
  <button type="button" className={classes.quiet} onClick={onPress}>
    {children}
  </button>
)
