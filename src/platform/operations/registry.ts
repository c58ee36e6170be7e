import type {
  BoundOperation,
  Catalogue,
  ModuleSpec,
  OperationSpec,
  PermissionSpec,
  PersonAccess,
  RefusalSpec,
} from '@latchkey/kit'
import type { z } from 'zod'
import { refusals as platformRefusals, transportRefusals } from '../refusals.ts'
import { pageRolesOf } from './page-roles.ts'

export type Entry = BoundOperation & {
  readonly module: string
  readonly method: string
  readonly path: string
  readonly pathNames: readonly string[]
  /** Input schema that refuses unknown properties; derived once, because deriving costs more than parsing. */
  readonly schema: z.ZodObject
  /** The parsed value of an empty input, or null when input is required. */
  readonly blank: unknown
}

/** True when the input comes from path and query; a body, if any, is a file. */
export const takesQuery = ({ operation, method }: Pick<Entry, 'operation' | 'method'>): boolean =>
  method === 'GET' || method === 'DELETE' || operation.upload !== undefined

export const isOpen = ({ operation }: Pick<Entry, 'operation'>): boolean =>
  'anyone' in operation.access

/** True when a key may call it. */
export const takesScope = ({ operation }: Pick<Entry, 'operation'>): boolean =>
  'scope' in operation.access && operation.access.scope !== undefined

/** Everything the modules contribute, read once at start. A contradiction is a mistake in the code and stops the start. */
export type Registry = {
  readonly modules: readonly ModuleSpec[]
  readonly entries: readonly Entry[]
  readonly permissionsOf: (role: string) => ReadonlySet<string>
  readonly permissionIds: ReadonlySet<string>
  /** In the order of the modules. */
  readonly catalogue: Catalogue
  readonly refusals: readonly RefusalSpec[]
  /** Page address → which of the two documents shows it. */
  readonly pages: ReadonlyMap<string, 'index' | 'entrance'>
}

const unique = (what: string, names: readonly string[]): void => {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Error(`${what} "${twice}" is declared twice`)
}

const entryOf = (module: ModuleSpec, bound: BoundOperation): Entry => {
  const [method = '', path = ''] = bound.operation.rest.split(' ')
  const pathNames = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  const missing = pathNames.find((name) => !(name in bound.operation.input.shape))
  if (missing)
    throw new Error(`${bound.operation.name} has {${missing}} in its path but not in its input`)
  const schema = bound.operation.input.strict()
  const blank = schema.safeParse({})
  return {
    ...bound,
    module: module.name,
    method,
    path,
    pathNames,
    schema,
    blank: blank.success ? Object.freeze(blank.data) : null,
  }
}

type Offered = {
  readonly permissionIds: ReadonlySet<string>
  readonly scopeIds: ReadonlySet<string>
}

const checkAccess = (
  { name, access }: OperationSpec,
  { permissionIds, scopeIds }: Offered,
): void => {
  if ('anyone' in access) return
  if ('permission' in access) checkPersonAccess(name, access, permissionIds)
  if (access.scope && access.scope !== 'any' && !scopeIds.has(access.scope))
    throw new Error(`${name} needs scope "${access.scope}", which no module offers`)
}

const checkPersonAccess = (
  name: string,
  access: PersonAccess,
  permissionIds: ReadonlySet<string>,
): void => {
  if (!permissionIds.has(access.permission))
    throw new Error(`${name} needs permission "${access.permission}", which no module offers`)
  if (access.scope && access.assurance)
    throw new Error(
      `${name} asks for a fresh confirmation, which no key can give, and yet offers a scope`,
    )
  if (access.provenBy && !access.assurance)
    throw new Error(`${name} names a proof in its input, and yet asks for no confirmation`)
}

const checkIdempotency = ({ method, operation }: Entry): void => {
  const { name, access, idempotency, effect, shownOnce = [], output } = operation
  if ((idempotency || effect) && (method !== 'POST' || !('permission' in access)))
    throw new Error(`${name} speaks of idempotency, which only a POST of a person has`)
  const fields = 'shape' in output ? Object.keys(output.shape as object) : []
  const unknownField = shownOnce.find((field) => !fields.includes(field))
  if (unknownField)
    throw new Error(`${name} shows "${unknownField}" once, which is not in its output`)
}

const neededBy = (entries: readonly Entry[]): ReadonlySet<string> =>
  new Set(
    entries.flatMap(({ operation: { access } }) =>
      'anyone' in access || access.scope === undefined || access.scope === 'any'
        ? []
        : [access.scope],
    ),
  )

/** The circle that begins and ends with `name`, when what it needs leads back to it. */
const circleFrom = (
  name: string,
  needs: ReadonlyMap<string, readonly string[]>,
  path: readonly string[] = [],
): readonly string[] | null => {
  if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
  for (const next of needs.get(name) ?? []) {
    const circle = circleFrom(next, needs, [...path, name])
    if (circle) return circle
  }
  return null
}

/** Also for modules from outside, which no test of ours has read: two that need each other cannot be understood or removed apart. */
const checkNeeds = (modules: readonly ModuleSpec[]): void => {
  const needs = new Map(modules.map((module) => [module.name, module.needs ?? []]))
  for (const [name, needed] of needs) {
    const unknown = needed.find((one) => !needs.has(one))
    if (unknown) throw new Error(`module ${name} needs ${unknown}, which is not in the list`)
    const circle = circleFrom(name, needs)
    if (circle) throw new Error(`modules need each other in a circle: ${circle.join(' → ')}`)
  }
}

/** Role → the permissions it carries. */
const byRole = (
  permissions: readonly PermissionSpec[],
): ReadonlyMap<string, ReadonlySet<string>> => {
  const carried = new Map<string, Set<string>>()
  for (const { id, roles } of permissions)
    for (const role of roles) carried.set(role, (carried.get(role) ?? new Set()).add(id))
  return carried
}

const pagesOf = (modules: readonly ModuleSpec[]): Registry['pages'] =>
  new Map([
    ...modules.flatMap(({ pages = [] }) => pages.map((path) => [path, 'index'] as const)),
    ...modules.flatMap(({ entrances = [] }) =>
      entrances.map((path) => [path, 'entrance'] as const),
    ),
  ])

/** Contributions that only one module may make: with two, each would assume that its own is used. */
const only = <Name extends 'recogniseDevice' | 'onGuessing' | 'listOpenRecoveries'>(
  modules: readonly ModuleSpec[],
  name: Name,
): ModuleSpec[Name] | undefined => {
  const [first, second] = modules.filter((module) => module[name] !== undefined)
  if (second) throw new Error(`modules ${first?.name} and ${second.name} both have ${name}`)
  return first?.[name]
}

const nothing: ReadonlySet<string> = new Set()

export const buildRegistry = (modules: readonly ModuleSpec[]): Registry => {
  checkNeeds(modules)
  const entries = modules.flatMap((module) =>
    (module.operations ?? []).map((bound) => entryOf(module, bound)),
  )
  const permissions = modules.flatMap((module) => module.permissions ?? [])
  const events = modules.flatMap((module) => module.events ?? [])
  const scopes = modules.flatMap((module) => module.scopes ?? [])
  const methods = modules.flatMap((module) => module.methods ?? [])
  const refusals = [
    ...Object.values(platformRefusals),
    ...Object.values(transportRefusals),
    ...modules.flatMap((module) => Object.values(module.refusals ?? {})),
  ]
  const names = {
    module: modules.map((module) => module.name),
    operation: entries.map((entry) => entry.operation.name),
    route: entries.map((entry) => `${entry.method} ${entry.path.replace(/\{\w+\}/g, '{}')}`),
    permission: permissions.map((permission) => permission.id),
    scope: scopes.map((scope) => scope.id),
    refusal: refusals.map((refusal) => refusal.code),
    event: events.map((event) => event.name),
    'event code': events.map((event) => event.code),
    method: methods.map((authMethod) => authMethod.id),
  }
  for (const [what, list] of Object.entries(names)) unique(what, list)
  const offered = { permissionIds: new Set(names.permission), scopeIds: new Set(names.scope) }
  for (const entry of entries) {
    checkAccess(entry.operation, offered)
    checkIdempotency(entry)
  }
  const roles = byRole(permissions)
  return {
    modules,
    entries,
    permissionIds: offered.permissionIds,
    catalogue: {
      scopes,
      neededScopes: neededBy(entries),
      permissions,
      events,
      pages: pageRolesOf(modules),
      methods,
      lastingCredentials: modules.flatMap((module) => module.lastingCredentials ?? []),
      recogniseDevice: only(modules, 'recogniseDevice') ?? (async () => null),
      onGuessing: only(modules, 'onGuessing') ?? (async () => undefined),
      listOpenRecoveries: only(modules, 'listOpenRecoveries') ?? (async () => new Map()),
    },
    refusals,
    // An unknown role has no permissions.
    permissionsOf: (role) => roles.get(role) ?? nothing,
    pages: pagesOf(modules),
  }
}
