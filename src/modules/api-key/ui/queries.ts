import type { QueryClient } from '@tanstack/react-query'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'

type Operations = Contracts['apiKey']['operations']
export type State = AnswerOf<Operations['read']>
export type ApiKey = NonNullable<State['apiKey']>
export type ReplacedKey = NonNullable<State['replaced']>
export type Issued = AnswerOf<Operations['create']>

export const apiKeyQuery = api.apiKey.read.query()

/** Shows at once what the server has just confirmed. The key itself is no part of it: it is kept nowhere. */
export const keepState = (client: QueryClient, { apiKey, replaced }: State): void => {
  client.setQueryData(apiKeyQuery.queryKey, { apiKey, replaced })
}
