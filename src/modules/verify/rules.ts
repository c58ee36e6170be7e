import { type Context, Refusal, type Rule } from '@latchkey/kit'
import { rememberedIso } from '#platform/clock/moment.ts'
import { permissionSettings } from '#platform/config/core.ts'
import { requireConfirmed } from '#platform/identity/require-access.ts'
import { grants } from '#platform/identity/scopes.ts'
import { refusals as platformRefusals } from '#platform/refusals.ts'
import { type operations, refusals } from './contract.ts'

type Ops = typeof operations

/** Names the parameter and not its value: the operator who configured the proxy finds it there. */
const unknown = (name: 'scope' | 'permission'): Refusal => {
  const message = `names no ${name} that is offered here`
  return new Refusal(refusals.unknown_requirement, {
    fields: [{ pointer: `/${name}`, code: 'unknown_requirement', message }],
  })
}

const requireScope = ({ actor, catalogue }: Context, scope: string): void => {
  if (!catalogue.scopes.some((offered) => offered.id === scope)) throw unknown('scope')
  if (actor.scopes !== 'all' && !grants(actor.scopes, scope))
    throw new Refusal(platformRefusals.scope_missing, { scope })
}

const requirePermission = ({ actor, catalogue, config }: Context, named: string): void => {
  const prefix = `${config.read(permissionSettings).namespace}.`
  const id = named.startsWith(prefix) ? named.slice(prefix.length) : named
  if (!catalogue.permissions.some((offered) => offered.id === id)) throw unknown('permission')
  if (!actor.permissions.has(id)) throw new Refusal(platformRefusals.not_allowed)
}

/** When a key ends; a session has no end that a program would have to know. */
const keyEnd = ({ kind, expiresAt }: Context['actor']): string | null =>
  kind === 'session' || expiresAt === null ? null : rememberedIso(expiresAt)

/** The most frequent operation. Without requirements it is answered from the resolver's one look-up. */
export const check: Rule<Ops['check']> = async (ctx, { scope, permission, assurance }) => {
  const { actor } = ctx
  if (scope !== undefined) requireScope(ctx, scope)
  if (permission !== undefined) requirePermission(ctx, permission)
  if (assurance === 'two-factor' && actor.assurance.strongAt === 0)
    throw new Refusal(refusals.second_factor_required)
  if (assurance === 'recently-confirmed') await requireConfirmed(ctx)
  return {
    'x-latchkey-user': actor.userId,
    'x-latchkey-email': actor.email,
    'x-latchkey-name': actor.name,
    'x-latchkey-roles': actor.role,
    'x-latchkey-organisation': actor.organisation.id,
    'x-latchkey-session': actor.credentialId,
    'x-latchkey-kind': actor.kind,
    'x-latchkey-token-expires': keyEnd(actor),
    'x-latchkey-scopes': actor.scopes === 'all' ? null : [...actor.scopes].join(' '),
  }
}
