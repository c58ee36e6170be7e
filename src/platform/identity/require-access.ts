import {
  type Access,
  type Actor,
  type AuthMethod,
  type ClientAccess,
  type Context,
  type Person,
  type PersonAccess,
  Refusal,
  type RegisteredClient,
} from '@latchkey/kit'
import { refusals } from '../refusals.ts'
import { availableMethods, confirmingMethods, hasSecondFactor } from './methods.ts'
import { grants } from './scopes.ts'

/** How long a proof counts, measured from the proof; activity does not extend it. */
export const confirmationMs = 10 * 60 * 1000

const isFresh = (at: number, now: number): boolean => now - at < confirmationMs

/** When the confirmation that still counts was given, or null. */
export const confirmedAt = (
  person: Person,
  open: readonly AuthMethod[],
  now: number,
): number | null => {
  const at = hasSecondFactor(open) ? person.assurance.strongAt : person.assurance.authenticatedAt
  return person.kind === 'session' && isFresh(at, now) ? at : null
}

/** A client acts for itself: it has no role, only its granted scopes. */
const requireClient = ({ scope }: ClientAccess, actor: Person | RegisteredClient): void => {
  if (actor.kind !== 'client') throw new Refusal(refusals.wrong_caller)
  if (scope !== undefined && scope !== 'any' && !grants(actor.scopes, scope))
    throw new Refusal(refusals.scope_missing, { scope })
}

const requirePerson = (access: PersonAccess, actor: Person | RegisteredClient): void => {
  if (actor.kind === 'client') throw new Refusal(refusals.wrong_caller)
  if (actor.scopes !== 'all') {
    if (!access.scope) throw new Refusal(refusals.session_only)
    if (access.scope !== 'any' && !grants(actor.scopes, access.scope))
      throw new Refusal(refusals.scope_missing, { scope: access.scope })
  }
  if (!actor.permissions.has(access.permission)) throw new Refusal(refusals.not_allowed)
}

/**
 * Requires the role's permissions ∩ the scopes. 401 comes before 403, and a missing scope before a missing confirmation,
 * so that a caller who could never succeed is not asked to prove anything.
 */
export const requireAccess = (access: Access, actor: Actor): void => {
  if ('anyone' in access) return
  if (actor.kind === 'visitor' || actor.kind === 'system')
    throw new Refusal(refusals.sign_in_required)
  if ('client' in access) requireClient(access, actor)
  else requirePerson(access, actor)
}

/** Looks the methods up only when the answer depends on them: a recent second factor is always enough. */
export const requireAssurance = async (
  access: Access,
  { actor, now }: { readonly actor: Actor; readonly now: number },
  methods: () => Promise<readonly AuthMethod[]>,
): Promise<void> => {
  if (!('permission' in access) || access.assurance !== 'recently-confirmed') return
  if (!('userId' in actor)) return
  if (actor.kind === 'session' && isFresh(actor.assurance.strongAt, now)) return
  const open = await methods()
  if (confirmedAt(actor, open, now) !== null) return
  const accepted = confirmingMethods(open).map((authMethod) => authMethod.id)
  // Browser sessions only, like every confirmation: a key proves nothing about the person who sends it.
  const carriesProof = actor.kind === 'session' && access.provenBy !== undefined
  if (carriesProof && accepted.includes(access.provenBy)) return
  throw new Refusal(refusals.confirm_again, { methods: accepted })
}

/** The same check as an operation's `assurance: 'recently-confirmed'`, for a rule that needs it only in some cases. */
export const requireConfirmed = (ctx: Context): Promise<void> =>
  requireAssurance(
    { permission: '', assurance: 'recently-confirmed' },
    { actor: ctx.actor, now: ctx.now() },
    () => availableMethods(ctx, ctx.actor.userId),
  )
