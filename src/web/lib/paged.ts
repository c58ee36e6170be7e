import type { QueryClient } from '@tanstack/react-query'
import type { PagesQuery } from './operation-queries.ts'

/** Changes the loaded pages of a list at once, with what the server has just confirmed; the next load brings it again. */
export const changePages = <Page>(
  client: QueryClient,
  { queryKey }: PagesQuery<Page>,
  change: (page: Page, index: number) => Page,
): void => {
  client.setQueryData(queryKey, (data) => data && { ...data, pages: data.pages.map(change) })
}
