import {
  type Actor,
  type Authenticator,
  type Client,
  type Config,
  type Db,
  type Found,
  type FoundClient,
  type Keys,
  type Person,
  type Presented,
  Refusal,
  type RegisteredClient,
  type Visitor,
} from '@latchkey/kit'
import { refusals } from '../refusals.ts'
import type { Credentials } from './presented.ts'

const fits = ({ carriers, prefix }: Authenticator, { carrier, value }: Presented): boolean =>
  carriers.includes(carrier) && (prefix === undefined || value.startsWith(prefix))

const onlyOne = ({ sessionCookie, key, isAmbiguous }: Credentials): Presented | null => {
  if (isAmbiguous) throw new Refusal(refusals.two_credentials)
  return sessionCookie === null ? key : { carrier: 'session-cookie', value: sessionCookie }
}

const withPermissions = (
  found: Found | FoundClient,
  client: Client,
  permissionsOf: (role: string) => ReadonlySet<string>,
): Person | RegisteredClient =>
  found.kind === 'client'
    ? { ...found, client }
    : { ...found, client, permissions: permissionsOf(found.role) }

/**
 * The one place where a credential becomes a person or a registered client. An invalid credential counts as none: the
 * operation then refuses a visitor, so nothing depends on telling the two apart. Two credentials are refused.
 */
export const resolveActor = async (
  runtime: {
    readonly services: {
      readonly db: Db
      readonly now: () => number
      readonly config: Config
      readonly keys: Keys
    }
    readonly authenticators: readonly Authenticator[]
    readonly registry: { readonly permissionsOf: (role: string) => ReadonlySet<string> }
  },
  credentials: Credentials,
  client: Client,
): Promise<Actor> => {
  const { db, now, config, keys } = runtime.services
  const visitor: Visitor = { kind: 'visitor', client }
  const presented = onlyOne(credentials)
  if (!presented) return visitor
  for (const authenticator of runtime.authenticators) {
    if (!fits(authenticator, presented)) continue
    const found = await authenticator.find({ db, now: now(), config, keys }, presented, client)
    if (!found) continue
    return withPermissions(found, client, runtime.registry.permissionsOf)
  }
  return visitor
}
