import type { QueryClient } from '@tanstack/react-query'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'
import { changePages } from '#web/lib/paged.ts'
import { hasText, type Say } from '#web/lib/texts.ts'

type PeoplePart = AnswerOf<Contracts['people']['operations']['list']>
export type PersonRow = PeoplePart['people'][number]

const pageSize = 50

export const peopleQuery = api.people.list.pages({ limit: pageSize })

type InvitationsPart = AnswerOf<Contracts['people']['operations']['listInvitations']>
export type InvitationRow = InvitationsPart['invitations'][number]

export const invitationsQuery = api.people.listInvitations.pages({ limit: pageSize })

export const reloadInvitations = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: api.people.listInvitations.key() })

/** Shows at once what the server has just confirmed. */
export const markPerson = (
  client: QueryClient,
  userId: string,
  change: Partial<Pick<PersonRow, 'disabledAt' | 'recovery'>>,
): void => {
  changePages(client, peopleQuery, (page) => ({
    ...page,
    people: page.people.map((row) => (row.userId === userId ? { ...row, ...change } : row)),
  }))
}

/** Own roles of an organisation are shown by the name they were given. */
export const roleName = (role: string, t: Say<'people'>): string => {
  const key = `roles.${role}`
  return hasText('people', key) ? t(key) : role
}
