import type { Context } from '@latchkey/kit'
import { countWorkingTokens } from '#modules/access-tokens/api.ts'
import { pages as tokenPages } from '#modules/access-tokens/contract.ts'
import { countWorkingKeys } from '#modules/api-key/api.ts'
import { pages as keyPages } from '#modules/api-key/contract.ts'
import { countWorkingSshKeys } from '#modules/ssh-keys/api.ts'
import { pages as sshPages } from '#modules/ssh-keys/contract.ts'
import { publicLink } from '#platform/config/public-url.ts'
import type { StillWorking } from './contract.ts'

/** A new password ends sessions, and no key: who holds one goes on as before. It is said, so that nobody believes otherwise. */
export const whatStillWorks = async (
  ctx: Pick<Context, 'db' | 'now'>,
  userId: string,
): Promise<StillWorking> => ({
  accessTokens: await countWorkingTokens(ctx, userId),
  apiKeys: await countWorkingKeys(ctx, userId),
  sshKeys: await countWorkingSshKeys(ctx, userId),
})

/** The same for a letter; nothing when there is nothing. A line that is empty is left out of a mail. */
export const stillWorkingValues = (
  ctx: Pick<Context, 'config'>,
  { accessTokens, apiKeys, sshKeys }: StillWorking,
): Readonly<Record<string, string>> | null => {
  if (accessTokens + apiKeys + sshKeys === 0) return null
  const linkIf = (count: number, page: string): string =>
    count > 0 ? publicLink(ctx.config, page) : ''
  return {
    accessTokens: String(accessTokens),
    apiKeys: String(apiKeys),
    sshKeys: String(sshKeys),
    tokensLink: linkIf(accessTokens, tokenPages.list),
    apiKeyLink: linkIf(apiKeys, keyPages.apiKey),
    sshKeysLink: linkIf(sshKeys, sshPages.list),
  }
}
