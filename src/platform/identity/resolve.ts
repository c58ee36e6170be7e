import type { Actor, Authenticator, Client, Config, Db, Person, Visitor } from '@latchkey/kit'
import type { Registry } from '../http/registry.ts'

/** What came with the request. Parsing happened before; here it is only looked up. */
export type Presented = { readonly sessionCookie: string | null }

/**
 * The one place where a credential becomes a person. A credential that is not valid is the same as none:
 * the operation then refuses a visitor, so nothing depends on telling the two apart.
 */
export const resolveActor = async (
  ground: { readonly db: Db; readonly now: () => number; readonly config: Config },
  identity: { readonly authenticators: readonly Authenticator[]; readonly registry: Registry },
  presented: Presented,
  client: Client,
): Promise<Actor> => {
  const visitor: Visitor = { kind: 'visitor', client }
  if (!presented.sessionCookie) return visitor
  for (const authenticator of identity.authenticators) {
    const found = await authenticator.find(
      { db: ground.db, now: ground.now(), config: ground.config },
      presented.sessionCookie,
      client,
    )
    if (!found) continue
    return {
      ...found,
      client,
      permissions: identity.registry.permissionsOf(found.role),
    } satisfies Person
  }
  return visitor
}
