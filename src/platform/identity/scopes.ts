/** The one scope that spans the product: all of REST, nothing of MCP. */
const everythingInRest = 'api:full'
const agents = 'mcp'

/** `mcp:flows:read` → `mcp:flows:read`, `mcp:flows`, `mcp`. */
const withAncestors = (scope: string): readonly string[] => {
  const words = scope.split(':')
  return words.map((_, dropped) => words.slice(0, words.length - dropped).join(':'))
}

const isForAgents = (scope: string): boolean => scope === agents || scope.startsWith(`${agents}:`)

/**
 * True when the set grants the scope. A scope grants itself and everything below it; `api:full` grants every scope
 * outside MCP. No other scope implies another: `account:write` does not grant `account:read`.
 */
export const grants = (granted: ReadonlySet<string>, wanted: string): boolean =>
  withAncestors(wanted).some((scope) => granted.has(scope)) ||
  (granted.has(everythingInRest) && !isForAgents(wanted))
