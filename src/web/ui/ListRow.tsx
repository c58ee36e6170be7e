import { ChevronDown } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import classes from './ListRow.module.css'

type Props = {
  /** Before the icon: what the row is dragged by. */
  readonly handle?: ReactNode
  readonly icon: ReactNode
  /** A text where the row opens; it names the button that does it. */
  readonly name: ReactNode
  readonly badge?: ReactNode
  /** Short facts of the muted line; empty ones are skipped. */
  readonly facts: readonly ReactNode[]
  readonly actions?: ReactNode
  /** Actions with words in them: on phones they stand below the facts instead of squeezing them. */
  readonly hasWideActions?: boolean
  /** Shown in place when the row is expanded. */
  readonly details?: ReactNode
  /** The row is on its way out. */
  readonly isLeaving?: boolean
  /** The row is being dragged. */
  readonly isLifted?: boolean
}

export const List = ({
  label,
  children,
}: {
  readonly label: string
  readonly children: ReactNode
}) => (
  <ul className={classes.list} aria-label={label}>
    {children}
  </ul>
)

const FactsLine = ({ facts }: Pick<Props, 'facts'>) => (
  <div className={classes.facts}>
    {facts
      .filter((fact) => fact !== null && fact !== undefined && fact !== '' && fact !== false)
      .map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the facts of a row never change places
        <span key={index} className={classes.fact}>
          {fact}
        </span>
      ))}
  </div>
)

/** Icon, name, facts, state, actions. The whole head opens the details; the name is the button that does it. */
export const ListRow = (props: Props) => {
  const { handle, icon, name, badge, facts, actions, details } = props
  const { isLeaving = false, isLifted = false, hasWideActions = false } = props
  const [isOpen, setIsOpen] = useState(false)
  const detailsId = useId()
  return (
    <li
      className={classes.row}
      data-leaving={isLeaving || undefined}
      data-lifted={isLifted || undefined}
      inert={isLeaving}
    >
      <div
        className={classes.head}
        data-opens={details ? true : undefined}
        data-wide-actions={hasWideActions || undefined}
      >
        {handle}
        <span className={classes.icon} aria-hidden>
          {icon}
        </span>
        <div className={classes.words}>
          <div className={classes.nameLine}>
            {details ? (
              <button
                type="button"
                className={classes.opener}
                aria-expanded={isOpen}
                aria-controls={detailsId}
                onClick={() => setIsOpen(!isOpen)}
              >
                {name}
              </button>
            ) : (
              <span className={classes.name}>{name}</span>
            )}
            {badge}
          </div>
          <FactsLine facts={facts} />
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
        {details && (
          <ChevronDown
            className={classes.chevron}
            data-open={isOpen || undefined}
            size={18}
            aria-hidden
          />
        )}
      </div>
      {details && (
        <div id={detailsId} hidden={!isOpen} className={classes.details}>
          {isOpen && details}
          {isOpen && actions && <div className={classes.lateActions}>{actions}</div>}
        </div>
      )}
    </li>
  )
}
