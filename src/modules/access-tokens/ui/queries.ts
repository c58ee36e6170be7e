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

export const tokensQuery = (state: StateChoice) => api.accessTokens.list.pages({ state, limit: 20 })

/** What can be granted changes with a role, which is seldom. */
export const offerQuery = { ...api.accessTokens.offer.query(), staleTime: 60_000 }
