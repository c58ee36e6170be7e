/** What the tree needs of an offered scope. */
export type TreeScope = { readonly id: string; readonly implies: readonly string[] }

export type Branch<S extends TreeScope> = {
  readonly scope: S
  readonly children: readonly Branch<S>[]
}

type Trees<S extends TreeScope> = {
  readonly rest: readonly Branch<S>[]
  readonly agents: readonly Branch<S>[]
}

/** Of the scopes that bring this one along, the one that brings the least else. */
const parentOf = <S extends TreeScope>(scope: S, scopes: readonly S[]): S | undefined =>
  scopes
    .filter((other) => other.id !== scope.id && other.implies.includes(scope.id))
    .toSorted((one, other) => one.implies.length - other.implies.length)[0]

const isForAgents = ({ id }: TreeScope): boolean => id === 'mcp' || id.startsWith('mcp:')

/** The offer as trees, in the order it came in: a scope stands below the nearest one that implies it. */
export const treesOf = <S extends TreeScope>(scopes: readonly S[]): Trees<S> => {
  const below = Map.groupBy(scopes, (scope) => parentOf(scope, scopes)?.id ?? null)
  const grow = (parent: string | null): readonly Branch<S>[] =>
    (below.get(parent) ?? []).map((scope) => ({ scope, children: grow(scope.id) }))
  const roots = grow(null)
  return {
    rest: roots.filter(({ scope }) => !isForAgents(scope)),
    agents: roots.filter(({ scope }) => isForAgents(scope)),
  }
}

/** The chosen scope a scope comes with, if any; of several the one that brings the least else. */
export const coveredBy = <S extends TreeScope>(
  id: string,
  chosen: ReadonlySet<string>,
  scopes: readonly S[],
): S | undefined => {
  const scope = scopes.find((one) => one.id === id)
  return (
    scope &&
    parentOf(
      scope,
      scopes.filter((one) => one === scope || chosen.has(one.id)),
    )
  )
}

/** The chosen scopes that nothing else chosen implies, in the order of the offer: what is asked for, and what is said. */
export const essential = <S extends TreeScope>(
  chosen: ReadonlySet<string>,
  scopes: readonly S[],
): readonly S[] =>
  scopes.filter(({ id }) => chosen.has(id) && coveredBy(id, chosen, scopes) === undefined)

/** What was ticked below a scope stays ticked beneath it, and is there again when the scope is taken back. */
export const toggled = (chosen: ReadonlySet<string>, id: string): ReadonlySet<string> => {
  const next = new Set(chosen)
  if (!next.delete(id)) next.add(id)
  return next
}
