import { type AnswerOf, api } from '#web/lib/client.ts'
import type { Contracts } from '#web/lib/contracts.ts'

export type TwoFactor = AnswerOf<Contracts['twoFactor']['operations']['read']>

export const twoFactorQuery = api.twoFactor.read.query()

export const passkeysQuery = api.passkeys.list.query()

export const sessionCountQuery = {
  ...api.sessions.list.query({ limit: 1 }),
  select: ({ total }: AnswerOf<Contracts['sessions']['operations']['list']>) => total,
}

/** More cannot be in use at once, so that one page of the list holds all of them. */
const tokensMax = 100

export const tokenCountQuery = {
  ...api.accessTokens.list.query({ state: 'active', limit: tokensMax }),
  select: ({ tokens }: AnswerOf<Contracts['accessTokens']['operations']['list']>) => tokens.length,
}

export const apiKeyQuery = api.apiKey.read.query()

export const sshKeyCountQuery = {
  ...api.sshKeys.list.query({ limit: 1 }),
  select: ({ total }: AnswerOf<Contracts['sshKeys']['operations']['list']>) => total,
}

export const recoveryQuery = {
  ...api.recovery.read.query(),
  select: ({ recovery }: AnswerOf<Contracts['recovery']['operations']['read']>) => recovery,
}
