import { type Access, type Actor, type Person, Refusal } from '@latchkey/kit'
import { refusals } from '../http/refusals.ts'

/** How long a proof counts, from the proof itself; activity does not prolong it. */
export const confirmationMs = 10 * 60 * 1000

export const isRecentlyConfirmed = (person: Person, now: number): boolean =>
  person.kind === 'session' && now - person.assurance.authenticatedAt < confirmationMs

/**
 * Role permissions ∩ scopes. 401 before 403, and a missing scope before a missing confirmation,
 * so that a caller who could never succeed is not asked to prove anything.
 */
export const requireAccess = (access: Access, actor: Actor): void => {
  if ('anyone' in access) return
  if (actor.kind === 'visitor' || actor.kind === 'system') throw new Refusal(refusals.sign_in_required)
  if (actor.scopes !== 'all') {
    // No scope named: a browser session only.
    if (!access.scope) throw new Refusal(refusals.scope_missing)
    if (access.scope !== 'any' && !actor.scopes.has(access.scope)) throw new Refusal(refusals.scope_missing)
  }
  if (!actor.permissions.has(access.permission)) throw new Refusal(refusals.not_allowed)
}

export const requireAssurance = async (
  access: Access,
  actor: Actor,
  now: number,
  methods: () => Promise<readonly string[]>,
): Promise<void> => {
  if ('anyone' in access || access.assurance !== 'recently-confirmed') return
  if (actor.kind === 'visitor' || actor.kind === 'system' || isRecentlyConfirmed(actor, now)) return
  throw new Refusal(refusals.confirm_again, { methods: await methods() })
}
