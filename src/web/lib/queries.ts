import { QueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { api, Problem } from './client.ts'
import { holdsPermission } from './permissions.ts'

const retriesMax = 2
/** Worth another try: no answer, or a server in trouble. A refusal stays a refusal. */
const isPassing = (error: Error) =>
  !(error instanceof Problem) || error.status === 0 || error.status >= 502

export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < retriesMax && isPassing(error),
        retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4000),
        // A server on the same machine answers without internet.
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })

/**
 * Asked, and not answered once, be it by a fault. For a page that keeps other parts back until then: a part that comes with a
 * fault asks once more, and to keep it back again for that would go round in circles, at the speed of the server.
 */
export const isAwaited = ({
  isLoading,
  isFetched,
}: {
  readonly isLoading: boolean
  readonly isFetched: boolean
}): boolean => isLoading && !isFetched

/** Who is signed in. The shell loads it before any page, so pages may read it without waiting. */
export const meQuery = { ...api.account.me.query(), staleTime: 60_000 }

export const useMe = () => useSuspenseQuery(meQuery).data

export const useMay = (permission: string): boolean =>
  holdsPermission(useMe().permissions, permission)
