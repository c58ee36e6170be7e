import type { Actor, Authenticator, Client, Config, Db, Person, Visitor } from '@latchkey/kit'
import type { Registry } from '../http/registry.ts'

/** What came with the request. Parsing happened before; here it is only looked up. */
export type Presented = { readonly sessionCookie: string | null }

/**
 * The one place where a credential becomes a person. A credential that is not valid is the same as none:
 * the operation then refuses a visitor, so nothing depends on telling the two apart.
 */
export const resolveActor = async (
  door: {
    readonly ground: { readonly db: Db; readonly now: () => number; readonly config: Config }
    readonly authenticators: readonly Authenticator[]
    readonly registry: Registry
  },
  presented: Presented,
  client: Client,
): Promise<Actor> => {
  const { db, now, config } = door.ground
  const visitor: Visitor = { kind: 'visitor', client }
  if (!presented.sessionCookie) return visitor
  for (const authenticator of door.authenticators) {
    const found = await authenticator.find(
      { db, now: now(), config },
      presented.sessionCookie,
      client,
    )
    if (!found) continue
    return {
      ...found,
      client,
      permissions: door.registry.permissionsOf(found.role),
    } satisfies Person
  }
  return visitor
}
