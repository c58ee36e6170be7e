import { infiniteQueryOptions } from '@tanstack/react-query'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { loadEventTexts } from '#web/lib/events.ts'

type EntriesPart = AnswerOf<Contracts['activity']['operations']['list']>
export type ActivityEntry = EntriesPart['entries'][number]

const entriesAtOnce = 8

/** Comes with the words its entries are said in. */
export const recentQuery = infiniteQueryOptions({
  queryKey: ['activity', 'recent'],
  queryFn: async ({ pageParam, signal }) => {
    const part = await api.activity.list(
      { limit: entriesAtOnce, ...(pageParam ? { before: pageParam } : {}) },
      { signal },
    )
    await loadEventTexts(part.entries)
    return part
  },
  initialPageParam: null as string | null,
  getNextPageParam: (last: EntriesPart) => last.next,
})
