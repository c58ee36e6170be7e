import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query'
import { type AnswerOf, api, type InputOf } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'

type Operations = Contracts['accessTokens']['operations']
type TokenPart = AnswerOf<Operations['list']>
export type Token = TokenPart['tokens'][number]
export type Offer = AnswerOf<Operations['offer']>
export type OfferedScope = Offer['scopes'][number]
export type StateChoice = NonNullable<InputOf<Operations['list']>['state']>

/** A token as it is handed out: whole, this once. Never put into a query. */
export type Issued = {
  readonly token: string
  readonly accessToken: Token
  readonly ignoredScopes: readonly string[]
}

const pageSize = 20
const root = ['access-tokens'] as const

export const tokensQuery = (state: StateChoice) =>
  infiniteQueryOptions({
    queryKey: [...root, 'list', state],
    queryFn: ({ pageParam, signal }) =>
      api.accessTokens.list(
        { state, limit: pageSize, ...(pageParam ? { after: pageParam } : {}) },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last: TokenPart) => last.next,
  })

export const offerQuery = queryOptions({
  queryKey: [...root, 'offer'],
  queryFn: ({ signal }) => api.accessTokens.offer({}, { signal }),
  staleTime: 60_000,
})

/** What the account page counts follows too: its key begins the same. */
export const reloadTokens = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ queryKey: [...root, 'list'] })
