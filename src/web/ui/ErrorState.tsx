import { CircleAlert } from 'lucide-react'
import { asProblem } from '#web/lib/client.ts'
import { useProblemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ProgressButton } from './ProgressButton.tsx'
import classes from './StateBlock.module.css'

type Props = {
  /** What failed, as a sentence: "Your sessions could not be loaded." */
  readonly title: string
  readonly error: unknown
  readonly onRetry: () => void
  readonly isRetrying?: boolean
}

/** What failed, why, what to do, and the id under which an operator finds it. */
export const ErrorState = ({ title, error, onRetry, isRetrying = false }: Props) => {
  const t = useTexts('app')
  const problem = asProblem(error)
  const text = useProblemText(problem)
  return (
    <div className={classes.block} role="alert">
      <span className={classes.icon} data-tone="bad" aria-hidden>
        <CircleAlert size={20} />
      </span>
      <p className={classes.sentence}>
        <strong>{title}</strong> {text}
      </p>
      <ProgressButton variant="default" pending={isRetrying} onClick={onRetry}>
        {t('state.retry')}
      </ProgressButton>
      {problem.instance && (
        <p className={classes.request}>
          {t('state.requestId')} <code>{problem.instance}</code>
        </p>
      )}
    </div>
  )
}

/** The part of a query that trying again needs. */
type FailedQuery = {
  readonly error: unknown
  readonly isFetching: boolean
  readonly refetch: () => unknown
}

type QueryProps = { readonly title: string; readonly query: FailedQuery }

/** The same for what a query did not bring: trying again asks once more. */
export const QueryErrorState = ({ title, query }: QueryProps) => (
  <ErrorState
    title={title}
    error={query.error}
    isRetrying={query.isFetching}
    onRetry={() => void query.refetch()}
  />
)
