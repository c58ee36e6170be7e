import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTexts } from '#web/lib/texts.ts'
import type { UiIcon } from '#web/lib/ui-module.ts'
import { ListRow } from '#web/ui/ListRow.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import classes from './Security.module.css'

/** Leads to another page, or opens a dialog on this one. */
type RowAction = {
  readonly label: string
  /** This, before anything else on the page. */
  readonly isFirst?: boolean
} & ({ readonly to: string; readonly hash?: string } | { readonly onPress: () => void })

type Props = {
  readonly icon: UiIcon
  readonly name: string
  readonly state?: { readonly tone: 'good' | 'notice' | 'plain'; readonly word: string }
  readonly fact: string
  readonly action?: RowAction
  /** Where the facts come from, when they have to be asked for. */
  readonly query?: {
    readonly isPending: boolean
    readonly isError: boolean
    readonly isFetching: boolean
    readonly refetch: () => unknown
  }
}

const Action = ({ action, name }: Required<Pick<Props, 'action' | 'name'>>) => {
  const { label, isFirst = false } = action
  const look = {
    variant: isFirst ? 'filled' : 'default',
    size: 'compact-md',
    'aria-label': label === name ? label : `${label}: ${name}`,
  }
  if ('onPress' in action) {
    return (
      <Button {...look} onClick={action.onPress}>
        {label}
      </Button>
    )
  }
  return (
    <Button
      {...look}
      component={Link}
      to={action.to}
      {...(action.hash ? { hash: action.hash } : {})}
    >
      {label}
    </Button>
  )
}

const Retry = ({ query }: { readonly query: NonNullable<Props['query']> }) => {
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
export const SecurityRow = ({ icon: Icon, name, state, fact, action, query }: Props) => {
  const t = useTexts('account')
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
              <Action action={action} name={name} />
            </span>
          )
        )
      }
    />
  )
}
