import { type InfiniteData, infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { hasText, type Say } from '#web/lib/texts.ts'

type PeoplePart = AnswerOf<Contracts['people']['operations']['list']>
export type PersonRow = PeoplePart['people'][number]

const pageSize = 50

export const peopleQuery = infiniteQueryOptions({
  queryKey: ['people', 'list'],
  queryFn: ({ pageParam, signal }) =>
    api.people.list({ limit: pageSize, ...(pageParam ? { after: pageParam } : {}) }, { signal }),
  initialPageParam: null as string | null,
  getNextPageParam: (last: PeoplePart) => last.next,
})

type InvitationsPart = AnswerOf<Contracts['people']['operations']['listInvitations']>
export type InvitationRow = InvitationsPart['invitations'][number]

export const invitationsQuery = infiniteQueryOptions({
  queryKey: ['people', 'invitations'],
  queryFn: ({ pageParam, signal }) =>
    api.people.listInvitations(
      { limit: pageSize, ...(pageParam ? { after: pageParam } : {}) },
      { signal },
    ),
  initialPageParam: null as string | null,
  getNextPageParam: (last: InvitationsPart) => last.next,
})

export const reloadInvitations = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: invitationsQuery.queryKey })

/** Shows at once what the server has just confirmed. */
export const markPerson = (
  client: QueryClient,
  userId: string,
  change: Partial<Pick<PersonRow, 'disabledAt' | 'recovery'>>,
): void => {
  client.setQueryData<InfiniteData<PeoplePart, string | null>>(
    peopleQuery.queryKey,
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({
          ...page,
          people: page.people.map((row) => (row.userId === userId ? { ...row, ...change } : row)),
        })),
      },
  )
}

/** Own roles of an organisation are shown by the name they were given. */
export const roleName = (role: string, t: Say): string =>
  hasText('people', `roles.${role}`) ? t(`roles.${role}`) : role
