import type { ReactNode } from 'react'
import classes from './StepActions.module.css'

type Props = { readonly wayOut: ReactNode; readonly children: ReactNode }

/** The button that acts: alone and as wide as the form, or beside a way out as in every dialog. */
export const StepActions = ({ wayOut, children }: Props) =>
  wayOut ? (
    <div className={classes.actions}>
      {wayOut}
      {children}
    </div>
  ) : (
    children
  )
