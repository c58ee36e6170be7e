import { useQueries } from '@tanstack/react-query'
import { use } from 'react'
import type { CheckUpAlarm, CheckUpRow, CheckUpSource } from '#web/lib/check-up.ts'
import { holdsPermission } from '#web/lib/permissions.ts'
import { isAwaited, useMe } from '#web/lib/queries.ts'
import { type Say, say, useLocale } from '#web/lib/texts.ts'
import { useFormatter } from '#web/lib/use-formatter.ts'
import { useContributions } from '#web/ui/contributions.ts'
import type { RowQuery } from './SecurityRow.tsx'

type Found<T> = T & { readonly module: string; readonly needs?: string }

/** What one module tells; its rows, or the query that brings them. */
export type Told = {
  readonly module: string
  readonly icon: CheckUpSource['icon']
  readonly name: string
  readonly rows: readonly CheckUpRow[]
  readonly next: readonly CheckUpRow[]
  /** Present while the answer is not there. */
  readonly missing?: RowQuery
}
type Asked = RowQuery & {
  readonly data: unknown
  readonly isLoading: boolean
  readonly isFetched: boolean
}

/** What the role may not see is not asked for. */
const usePermitted = () => {
  const { permissions } = useMe()
  return <T>(all: readonly Found<T>[]) =>
    all.filter(({ needs }) => needs === undefined || holdsPermission(permissions, needs))
}

/** The answer for each of them that has a question, in their order. */
const useAnswers = <T extends { readonly query?: CheckUpSource['query'] }>(
  all: readonly Found<T>[],
): ReadonlyMap<Found<T>, Asked> => {
  const asking = all.filter((one) => one.query !== undefined)
  const answers: readonly Asked[] = useQueries({
    queries: asking.map(({ query }) => query as NonNullable<typeof query>),
  })
  return new Map(asking.flatMap((one, index) => (answers[index] ? [[one, answers[index]]] : [])))
}

const useTold = (sources: readonly Found<CheckUpSource>[]) => {
  // The words of modules are said here: once more when the language changes.
  useLocale()
  const formatter = useFormatter()
  const answers = useAnswers(sources)
  const told = sources.map((source): Told => {
    const { module, icon, nameKey } = source
    const t: Say = (key, values) => say<string>(module, key, values)
    const answer = answers.get(source)
    const head = { module, icon, name: t(nameKey) }
    if (answer && (answer.isError || answer.isPending))
      return { ...head, rows: [], next: [], missing: answer }
    const words = { t, formatter }
    return {
      ...head,
      rows: source.rows(answer?.data, words),
      next: source.next?.(answer?.data, words) ?? [],
    }
  })
  return { told, isWaiting: [...answers.values()].some(isAwaited) } as const
}

const useAlarms = (alarms: readonly Found<CheckUpAlarm>[]) => {
  const answers = useAnswers(alarms)
  const raised = alarms.filter((alarm) => {
    const answer = answers.get(alarm)
    return (
      answer !== undefined && !answer.isPending && !answer.isError && alarm.isRaised(answer.data)
    )
  })
  // One that failed and is asked again stays: a card that came back with each failure would ask once more, without end.
  const unknown = alarms.filter((alarm) => {
    const answer = answers.get(alarm)
    return answer !== undefined && (answer.isError || (answer.isPending && answer.isFetched))
  })
  return {
    /** Their cards say it, or that it could not be found out. */
    shown: alarms.filter((alarm) => raised.includes(alarm) || unknown.includes(alarm)),
    isRaised: raised.length > 0,
    isWaiting: [...answers.values()].some(isAwaited),
  } as const
}

/** What every module tells the check-up, once its code and its words are there. */
export const useCheckUp = () => {
  const loaded = use(useContributions().loadCheckUp())
  const permitted = usePermitted()
  const alarms = useAlarms(permitted(loaded.alarms))
  const protection = useTold(permitted(loaded.protection))
  const access = useTold(permitted(loaded.access))
  return { alarms, protection, access } as const
}

export type CheckUp = ReturnType<typeof useCheckUp>
