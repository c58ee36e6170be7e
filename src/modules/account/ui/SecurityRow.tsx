import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import type { CheckUpAction, CheckUpRow } from '#web/lib/check-up.ts'
import { useTexts } from '#web/lib/texts.ts'
import { useContributions } from '#web/ui/contributions.ts'
import { ListRow } from '#web/ui/ListRow.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import classes from './Security.module.css'

export type DialogProps = { readonly opened: boolean; readonly onClose: () => void }

/** Where the facts of a row come from. */
export type RowQuery = {
  readonly isPending: boolean
  readonly isError: boolean
  readonly isFetching: boolean
  readonly refetch: () => unknown
}

type ActionProps = {
  readonly name: string
  readonly action: CheckUpAction
  /** This, before anything else on the page. */
  readonly isFirst?: boolean
  readonly onOpen?: (dialog: ComponentType<DialogProps>) => void
}

type Props = Omit<CheckUpRow, 'action'> &
  Partial<ActionProps> & {
    readonly name: string
    /** Absent: the facts are there. */
    readonly query?: RowQuery
  }

const Action = ({ action, name, isFirst = false, onOpen }: ActionProps) => {
  const { placeOf } = useContributions()
  const { label } = action
  const look = {
    variant: isFirst ? 'filled' : 'default',
    size: 'compact-md',
    'aria-label': label === name ? label : `${label}: ${name}`,
  }
  if ('dialog' in action) {
    return (
      <Button {...look} onClick={() => onOpen?.(action.dialog)}>
        {label}
      </Button>
    )
  }
  return (
    <Button {...look} component={Link} {...placeOf(action.to)}>
      {label}
    </Button>
  )
}

const Retry = ({ query }: { readonly query: RowQuery }) => {
  const t = useTexts('app')
  return (
    <Button
      variant="default"
      size="compact-md"
      loading={query.isFetching}
      onClick={() => void query.refetch()}
    >
      {t('state.retry')}
    </Button>
  )
}

/** One thing that matters to the account. While it is asked for, the row already has its size. */
export const SecurityRow = ({ icon: Icon, name, state, fact, query, ...acting }: Props) => {
  const t = useTexts('account')
  const { action } = acting
  const isFailed = query?.isError === true
  const isKnown = query === undefined || (!query.isPending && !isFailed)
  const isWaiting = !isKnown && !isFailed
  return (
    <ListRow
      icon={<Icon size={18} strokeWidth={1.75} />}
      name={name}
      hasWideActions
      badge={isKnown && state && <StateBadge tone={state.tone}>{state.word}</StateBadge>}
      facts={[
        <span key="fact" className={classes.fact} data-waiting={isWaiting || undefined}>
          {isKnown ? fact : isFailed && t('security.failed.row')}
        </span>,
      ]}
      actions={
        isFailed ? (
          <Retry query={query} />
        ) : (
          action && (
            // Asked for or not, its room is there: on phones it stands in a line of its own.
            <span
              className={classes.action}
              data-waiting={isWaiting || undefined}
              inert={isWaiting}
            >
              <Action {...acting} action={action} name={name} />
            </span>
          )
        )
      }
    />
  )
}
