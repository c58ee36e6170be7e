import type { Protocol } from '@latchkey/kit'
import { type Entry, type Registry, takesQuery } from '../operations/registry.ts'
import { json } from './protocols/json.ts'

/** An operation at its address, with the protocol it speaks. */
export type Endpoint = {
  readonly entry: Entry
  readonly protocol: Protocol
  readonly takesQuery: boolean
}

/** Found with every method, and at every path below its own. */
export const asksAboutAnother = ({ protocol }: Endpoint): boolean =>
  protocol.asksAbout === 'another-request'

const builtIn: readonly Protocol[] = [json]

/** All protocols, those of the modules first. */
export const protocolsOf = ({ modules }: Pick<Registry, 'modules'>): readonly Protocol[] => [
  ...modules.flatMap((module) => module.protocols ?? []),
  ...builtIn,
]

/** The proxy's request carries the visitor's method, which must not decide what is done. */
const requireRead = ({ operation, method, pathNames }: Entry, { asksAbout }: Protocol): void => {
  if (asksAbout === 'another-request' && (method !== 'GET' || pathNames.length > 0))
    throw new Error(`${operation.name} asks about another request and is no plain GET`)
}

const makeEndpoints = (registry: Registry): readonly Endpoint[] => {
  const byId = new Map<string, Protocol>()
  for (const protocol of protocolsOf(registry)) {
    if (byId.has(protocol.id)) throw new Error(`protocol "${protocol.id}" is declared twice`)
    byId.set(protocol.id, protocol)
  }
  return registry.entries.map((entry) => {
    const { name, speaks = json.id } = entry.operation
    const protocol = byId.get(speaks)
    if (!protocol) throw new Error(`${name} speaks "${speaks}", which no module brings`)
    requireRead(entry, protocol)
    return { entry, protocol, takesQuery: takesQuery(entry) }
  })
}

const made = new WeakMap<Registry, readonly Endpoint[]>()

/** Made once for each registry, so that no request looks a protocol up. A missing protocol stops the start. */
export const endpointsOf = (registry: Registry): readonly Endpoint[] => {
  const endpoints = made.get(registry) ?? makeEndpoints(registry)
  made.set(registry, endpoints)
  return endpoints
}
