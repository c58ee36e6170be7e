import { asProblem } from '#web/lib/client.ts'
import { InlineProblem } from './InlineProblem.tsx'
import classes from './MoreRows.module.css'
import { ProgressButton } from './ProgressButton.tsx'

/** The part of an infinite query that paging needs. */
export type MoreQuery = {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isFetchNextPageError: boolean
  readonly error: Error | null
  readonly fetchNextPage: () => unknown
}

type Props = { readonly query: MoreQuery; readonly label: string; readonly failed: string }

/** "Show more" below a list; a failure stays here and leaves what is shown alone. */
export const MoreRows = ({ query, label, failed }: Props) => {
  if (!query.hasNextPage) return null
  return (
    <div className={classes.more}>
      {query.isFetchNextPageError && <p className={classes.failed}>{failed}</p>}
      <InlineProblem problem={query.isFetchNextPageError ? asProblem(query.error) : null} />
      <ProgressButton
        variant="default"
        pending={query.isFetchingNextPage}
        onClick={() => query.fetchNextPage()}
      >
        {label}
      </ProgressButton>
    </div>
  )
}
