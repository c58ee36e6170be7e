import { addressBucket } from '../client/address.ts'
import { createContext } from '../context.ts'
import { findKeys } from '../crypto/key-format.ts'
import { faultFacts } from '../log/log.ts'
import type { Door } from './door.ts'
import { readClient } from './incoming.ts'
import type { Fetch } from './serve.ts'

/** Values looked at in one address. A program that puts its key there puts one. */
const keysMax = 3
/** Addresses with a key in them that are looked at, per caller: each costs a look at the database. */
const rule = { max: 20, windowSeconds: 60 }

type Node = { readonly incoming?: { readonly url?: string } }

/**
 * Tells the modules of keys in addresses, where they end up in histories, proxies' logs and referrers (attack A76).
 * The answer is the one there would have been, at the same time: whether a key is real is told to its owner only.
 */
export const watchUrls = (
  { door, trustedProxies }: { readonly door: Door; readonly trustedProxies: number },
  fetch: Fetch,
): Fetch => {
  const prefixes = door.authenticators.flatMap(({ prefix }) => prefix ?? [])
  const listeners = door.registry.modules.flatMap(({ onKeyInUrl }) => onKeyInUrl ?? [])
  const { ground, limiter, cookies } = door

  const tell = async (keys: readonly string[], request: Request, env: unknown): Promise<void> => {
    const requestId = ground.random.id('req')
    const settings = { trustedProxies, cookies, requestId }
    const client = readClient(request.headers, env ?? {}, settings)
    const bucket = addressBucket(client.address)
    if (!limiter.take(`key-in-url ${bucket}`, rule, ground.now()).allowed) return
    const ctx = createContext(ground, { kind: 'visitor', client } as const)
    try {
      for (const listener of listeners) for (const key of keys) await listener(ctx, key)
    } catch (error) {
      ground.log.error({ requestId, ...faultFacts(error) }, 'a key in an address was not noted')
    }
  }

  return (request, env) => {
    // Node's own text of it: nearly every request ends here, so nothing is parsed before.
    const url = (env as Node | undefined)?.incoming?.url ?? request.url
    if (prefixes.some((prefix) => url.includes(prefix))) {
      const keys = findKeys(url, { prefixes, max: keysMax })
      if (keys.length > 0) void tell(keys, request, env)
    }
    return fetch(request, env)
  }
}
