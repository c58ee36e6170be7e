import type { Context } from '@latchkey/kit'
import { publicLink } from '#platform/config/public-url.ts'
import type { StillWorking } from './contract.ts'

type Asking = Pick<Context, 'db' | 'now' | 'catalogue'>

const countOf = async (ctx: Asking, id: keyof StillWorking, userId: string): Promise<number> => {
  const kind = ctx.catalogue.lastingCredentials.find((one) => one.id === id)
  return (await kind?.countWorking(ctx, userId)) ?? 0
}

/** A new password ends sessions, and no key: an attacker who holds one goes on as before. It is said, so that no one believes otherwise. */
export const whatStillWorks = async (ctx: Asking, userId: string): Promise<StillWorking> => ({
  accessTokens: await countOf(ctx, 'accessTokens', userId),
  apiKeys: await countOf(ctx, 'apiKeys', userId),
  sshKeys: await countOf(ctx, 'sshKeys', userId),
})

/** The same for a letter; nothing when there is nothing. A line that is empty is left out of a mail. */
export const stillWorkingValues = (
  ctx: Pick<Context, 'config' | 'catalogue'>,
  { accessTokens, apiKeys, sshKeys }: StillWorking,
): Readonly<Record<string, string>> | null => {
  if (accessTokens + apiKeys + sshKeys === 0) return null
  const linkIf = (count: number, id: keyof StillWorking): string => {
    const kind = ctx.catalogue.lastingCredentials.find((one) => one.id === id)
    return count > 0 && kind ? publicLink(ctx.config, kind.page) : ''
  }
  return {
    accessTokens: String(accessTokens),
    apiKeys: String(apiKeys),
    sshKeys: String(sshKeys),
    tokensLink: linkIf(accessTokens, 'accessTokens'),
    apiKeyLink: linkIf(apiKeys, 'apiKeys'),
    sshKeysLink: linkIf(sshKeys, 'sshKeys'),
  }
}
