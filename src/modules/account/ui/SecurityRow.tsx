import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTexts } from '#web/lib/texts.ts'
import type { UiIcon } from '#web/lib/ui-module.ts'
import { ListRow } from '#web/ui/ListRow.tsx'
import { StateBadge } from '#web/ui/StateBadge.tsx'
import classes from './Security.module.css'

type Props = {
  readonly icon: UiIcon
  readonly name: string
  readonly state?: { readonly tone: 'good' | 'notice' | 'bad' | 'off'; readonly word: string }
  readonly fact: string
  /** `isNext`: this is what would protect the account better. */
  readonly action?: {
    readonly to: string
    readonly hash?: string
    readonly label: string
    readonly isNext?: boolean
  }
  /** Where the facts come from, when they have to be asked for. */
  readonly query?: {
    readonly isPending: boolean
    readonly isError: boolean
    readonly isFetching: boolean
    readonly refetch: () => unknown
  }
}

const Action = ({ action, name }: Required<Pick<Props, 'action' | 'name'>>) => {
  const { to, hash, label, isNext = false } = action
  return (
    <Button
      component={Link}
      to={to}
      {...(hash ? { hash } : {})}
      variant={isNext ? 'light' : 'default'}
      color="accent"
      size="compact-md"
      aria-label={`${label}: ${name}`}
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

/** One thing that protects the account. While it is asked for, the row already has its size. */
export const Protection = ({ icon: Icon, name, state, fact, action, query }: Props) => {
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
