import { type ReactNode, useId } from 'react'
import classes from './DangerZone.module.css'

type Props = {
  readonly title: string
  /** What the action does, as facts. */
  readonly explanation: ReactNode
  readonly children: ReactNode
}

/** Always last on its page. Outlined; red is kept for the final button in the dialog. */
export const DangerZone = ({ title, explanation, children }: Props) => {
  const id = useId()
  return (
    <section className={classes.zone} aria-labelledby={id}>
      <div className={classes.words}>
        <h2 className={classes.title} id={id}>
          {title}
        </h2>
        <p className={classes.explanation}>{explanation}</p>
      </div>
      <div className={classes.actions}>{children}</div>
    </section>
  )
}
