import type { IncomingMessage } from 'node:http'
import type { Client } from '@latchkey/kit'
import { addressBucket } from '#platform/client/address.ts'
import { createContext } from '#platform/context.ts'
import { findKeys } from '#platform/crypto/key-format.ts'
import { faultFacts } from '#platform/log/log.ts'
import type { FastPath } from '../fast-path.ts'
import type { HeaderReader, Runtime } from '../runtime.ts'
import type { Fetch } from '../serve.ts'
import { parsedHeaders, readAddress } from './incoming.ts'

/** Values examined in one address. A program that puts its key there puts one. */
const keysMax = 3
/** Addresses with a key that are examined per caller: each costs a database query. */
const rule = { max: 20, windowSeconds: 60 }

type Parts = { readonly runtime: Runtime; readonly trustedProxies: number }
type Handlers = { readonly fetch: Fetch; readonly fastPath: FastPath }
type Node = { readonly incoming?: IncomingMessage }
type Head = { readonly headers: HeaderReader; readonly node: Node }

const headOf = (request: IncomingMessage): Head => ({
  headers: parsedHeaders(request.headers),
  node: { incoming: request },
})

/** Keyed by the caller's address only: the credential of such a request is not verified. */
const clientOf = ({ runtime, trustedProxies }: Parts, { headers, node }: Head): Client => ({
  address: readAddress(headers, node, trustedProxies),
  userAgent: (headers.get('user-agent') ?? '').slice(0, 512),
  hints: {},
  device: null,
  pending: null,
  requestId: runtime.services.random.id('req'),
})

const createWatch = (parts: Parts): ((url: string, head: () => Head) => void) => {
  const { services, limiter, authenticators, registry } = parts.runtime
  const prefixes = authenticators.flatMap(({ prefix }) => prefix ?? [])
  const listeners = registry.modules.flatMap(({ onKeyInUrl }) => onKeyInUrl ?? [])

  const tell = async (keys: readonly string[], client: Client): Promise<void> => {
    const bucket = addressBucket(client.address)
    if (!limiter.take(`key-in-url ${bucket}`, rule, services.now()).allowed) return
    const ctx = createContext(services, { kind: 'visitor', client } as const)
    try {
      for (const listener of listeners) for (const key of keys) await listener(ctx, key)
    } catch (error) {
      const facts = { requestId: client.requestId, ...faultFacts(error) }
      services.log.error(facts, 'a key in an address was not noted')
    }
  }

  return (url, head) => {
    // Nearly every request ends here, so nothing is parsed before.
    if (!prefixes.some((prefix) => url.includes(prefix))) return
    const keys = findKeys(url, { prefixes, max: keysMax })
    if (keys.length > 0) void tell(keys, clientOf(parts, head()))
  }
}

/**
 * Reports keys in addresses to the modules: there they end up in histories, proxies' logs and referrers (attack A76).
 * Answer and timing stay the same: only its owner learns that a key is real.
 */
export const watchUrls = (parts: Parts, { fetch, fastPath }: Handlers): Handlers => {
  const watch = createWatch(parts)
  return {
    fastPath: (request, response) => {
      const isTaken = fastPath(request, response)
      // Requests that the fast path leaves to the router reach `fetch` below.
      if (isTaken) watch(request.url ?? '', () => headOf(request))
      return isTaken
    },
    fetch: (request, env) => {
      const { incoming } = (env ?? {}) as Node
      watch(incoming?.url ?? request.url, () =>
        incoming ? headOf(incoming) : { headers: request.headers, node: {} },
      )
      return fetch(request, env)
    },
  }
}
