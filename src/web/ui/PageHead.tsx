import type { ReactNode } from 'react'
import classes from './PageHead.module.css'

type Props = {
  readonly title: string
  /** One sentence that says what the page is for. */
  readonly summary?: ReactNode
  readonly actions?: ReactNode
}

/** The heading can take focus because the shell moves it there after a navigation. */
export const PageHead = ({ title, summary, actions }: Props) => (
  <header className={classes.head}>
    <div className={classes.words}>
      <h1 className={classes.title} tabIndex={-1} data-page-title>
        {title}
      </h1>
      {summary && <p className={classes.summary}>{summary}</p>}
    </div>
    {actions && <div className={classes.actions}>{actions}</div>}
  </header>
)
