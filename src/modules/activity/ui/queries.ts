import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { loadEventTexts } from '#web/lib/events.ts'

export type ActivityEntry = AnswerOf<Contracts['activity']['operations']['list']>['entries'][number]

const entriesAtOnce = 8

const pages = api.activity.list.pages({ limit: entriesAtOnce })

/** Comes with the words its entries are said in. */
export const recentQuery = {
  ...pages,
  queryFn: async (context: Parameters<typeof pages.queryFn>[0]) => {
    const part = await pages.queryFn(context)
    await loadEventTexts(part.entries)
    return part
  },
}
