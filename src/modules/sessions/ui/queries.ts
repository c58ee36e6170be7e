import type { QueryClient } from '@tanstack/react-query'
import { api } from '#web/lib/client.ts'
import { changePages } from '#web/lib/paged.ts'
import type { Session } from './session-words.ts'

export const sessionsQuery = api.sessions.list.pages({ limit: 20 })

const keep = (client: QueryClient, isKept: (session: Session) => boolean): void => {
  client.setQueryData(sessionsQuery.queryKey, (data) => {
    if (!data) return data
    const before = data.pages.flatMap((page) => page.sessions)
    const gone = before.filter((session) => !isKept(session)).length
    return {
      ...data,
      pages: data.pages.map((page) => ({
        ...page,
        sessions: page.sessions.filter(isKept),
        total: Math.max(0, page.total - gone),
      })),
    }
  })
}

/** Shows at once what the server has just confirmed. */
export const showSessionName = (
  client: QueryClient,
  { id, name }: Pick<Session, 'id' | 'name'>,
): void => {
  changePages(client, sessionsQuery, (part) => ({
    ...part,
    sessions: part.sessions.map((one) => (one.id === id ? { ...one, name } : one)),
  }))
  void client.invalidateQueries({ queryKey: api.sessions.list.key() })
}

/** Takes one session out of what is on screen; the next load confirms it. */
export const forgetSession = (client: QueryClient, sessionId: string): void =>
  keep(client, (session) => session.id !== sessionId)

/** Leaves the one of this device, and nothing more to page to. */
export const forgetOtherSessions = (client: QueryClient): void => {
  keep(client, (session) => session.isCurrent)
  client.setQueryData(
    sessionsQuery.queryKey,
    (data) =>
      data && {
        pageParams: data.pageParams.slice(0, 1),
        pages: data.pages.slice(0, 1).map((page) => ({ ...page, next: null, total: 1 })),
      },
  )
}
