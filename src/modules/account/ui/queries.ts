import type { QueryClient } from '@tanstack/react-query'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { meQuery } from '#web/lib/queries.ts'

export type Profile = AnswerOf<Contracts['account']['operations']['readProfile']>

export const profileQuery = api.account.readProfile.query()

/** Name and picture are shown around the page as well. */
export const keepProfile = (client: QueryClient, change: Partial<Profile>): void => {
  client.setQueryData(profileQuery.queryKey, (before) => before && { ...before, ...change })
  const { name, pictureUrl } = change
  client.setQueryData(
    meQuery.queryKey,
    (me) =>
      me && {
        ...me,
        ...(name === undefined ? {} : { name }),
        ...(pictureUrl === undefined ? {} : { pictureUrl }),
      },
  )
}
