import { queryOptions } from '@tanstack/react-query'
import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'

export type TwoFactor = AnswerOf<Contracts['twoFactor']['operations']['read']>

export const twoFactorQuery = queryOptions({
  queryKey: ['two-factor'],
  queryFn: ({ signal }) => api.twoFactor.read({}, { signal }),
})

export const passkeysQuery = queryOptions({
  queryKey: ['passkeys', 'list'],
  queryFn: ({ signal }) => api.passkeys.list({}, { signal }),
})

export const sessionCountQuery = queryOptions({
  queryKey: ['sessions', 'count'],
  queryFn: async ({ signal }) => (await api.sessions.list({ limit: 1 }, { signal })).total,
})

/** More cannot be in use at once, so that one page of the list holds all of them. */
const tokensMax = 100

export const tokenCountQuery = queryOptions({
  queryKey: ['access-tokens', 'list', 'count'],
  queryFn: async ({ signal }) => {
    const asked = { state: 'active', limit: tokensMax } as const
    return (await api.accessTokens.list(asked, { signal })).tokens.length
  },
})

export const apiKeyQuery = queryOptions({
  queryKey: ['api-key'],
  queryFn: ({ signal }) => api.apiKey.read({}, { signal }),
})

export const sshKeyCountQuery = queryOptions({
  queryKey: ['ssh-keys', 'list', 'count'],
  queryFn: async ({ signal }) => (await api.sshKeys.list({ limit: 1 }, { signal })).total,
})

export const recoveryQuery = queryOptions({
  queryKey: ['recovery'],
  queryFn: async ({ signal }) => (await api.recovery.read({}, { signal })).recovery,
})
