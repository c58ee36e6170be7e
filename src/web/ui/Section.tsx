import { type ReactNode, type Ref, useId } from 'react'
import classes from './Section.module.css'

type Props = {
  readonly title: string
  readonly explanation?: ReactNode
  /** Beside the heading: a state or a count, never an action. */
  readonly aside?: ReactNode
  readonly children?: ReactNode
  /** At the end edge; one of them is the primary action at most. */
  readonly actions?: ReactNode
  /** What the last action led to, e.g. "Saved". Announced. */
  readonly outcome?: ReactNode
  /** Rows touch the edges of the card. */
  readonly flush?: boolean
  /** For moving the focus here when what had it is gone. */
  readonly headingRef?: Ref<HTMLHeadingElement>
}

/** A card of a page: heading, short explanation, content, and its actions at the end edge. */
export const Section = (props: Props) => {
  const id = useId()
  const { title, explanation, aside, children, actions, outcome, flush = false, headingRef } = props
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.head}>
        <div className={classes.words}>
          <h2 className={classes.title} id={id} ref={headingRef} tabIndex={-1}>
            {title}
          </h2>
          {explanation && <p className={classes.explanation}>{explanation}</p>}
        </div>
        {aside && <div className={classes.aside}>{aside}</div>}
      </div>
      {children && (
        <div className={classes.content} data-flush={flush || undefined}>
          {children}
        </div>
      )}
      {actions && (
        <div className={classes.foot}>
          <div className={classes.outcome} role="status">
            {outcome}
          </div>
          <div className={classes.actions}>{actions}</div>
        </div>
      )}
    </section>
  )
}

/** The cards of a page, one below the other. */
export const Sections = ({ children }: { readonly children: ReactNode }) => (
  <div className={classes.sections}>{children}</div>
)

/** Two short cards that belong together. */
export const SectionPair = ({ children }: { readonly children: ReactNode }) => (
  <div className={classes.pair}>{children}</div>
)
