import type { Context } from '@latchkey/kit'
import { publicLink } from '#platform/config/public-url.ts'
import type { StillWorking } from './contract.ts'

type Asking = Pick<Context, 'db' | 'now' | 'catalogue'>

const countOf = async (ctx: Asking, id: keyof StillWorking, userId: string): Promise<number> => {
  const kind = ctx.catalogue.lastingCredentials.find((one) => one.id === id)
  return (await kind?.countWorking(ctx, userId)) ?? 0
}

/** A new password ends sessions but no keys, so an attacker with a key keeps access. The user is told so. */
export const whatStillWorks = async (ctx: Asking, userId: string): Promise<StillWorking> => ({
  accessTokens: await countOf(ctx, 'accessTokens', userId),
  apiKeys: await countOf(ctx, 'apiKeys', userId),
  sshKeys: await countOf(ctx, 'sshKeys', userId),
})

/** The same for a letter; empty when no key works, because a mail leaves out empty lines. */
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
