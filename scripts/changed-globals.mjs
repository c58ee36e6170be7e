// A file that replaces `fetch` or another function of the platform and does not put it back breaks the files after it in
// the same process, and the failure names the wrong file.
/** `@hono/node-server` puts lighter ones in their place, for good. */
const replacedByServer = new Set(['Request', 'Response'])

const values = () =>
  Object.entries(Object.getOwnPropertyDescriptors(globalThis)).flatMap(([name, { value }]) =>
    value === undefined || replacedByServer.has(name) ? [] : [[name, value]],
  )

/** What stands there now is right. Answers the names that mean something else since, and puts them back. */
export const createGlobalsGuard = () => {
  const own = values()
  return () => {
    const changed = own.filter(([name, value]) => !Object.is(globalThis[name], value))
    for (const [name, value] of changed) globalThis[name] = value
    return changed.map(([name]) => name)
  }
}
