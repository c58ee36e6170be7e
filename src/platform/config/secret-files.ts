import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { isClosedToOthers } from '../folders/closed.ts'

/** A file that a secret manager writes holds one secret; what is longer is another file. */
const bytesMax = 64 * 1024

/** Of the file that holds what the setting of this name would. */
export const secretFileName = (name: string): string => `${name}_FILE`

const readSecret = (path: string): string | { readonly fault: string } => {
  if (!isAbsolute(path)) return { fault: 'must name a file by its whole path, from the root' }
  try {
    if (!isClosedToOthers(path))
      return { fault: `names ${path}, which others can read. Run: chmod 600 "${path}"` }
    const content = readFileSync(path)
    if (content.length > bytesMax)
      return { fault: `names ${path}, which is too large for a secret` }
    // Editors and `echo` end a file with a line break, which belongs to no secret.
    return content.toString('utf8').replace(/\r?\n$/, '')
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    return { fault: `names ${path}, which cannot be read (${code})` }
  }
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * The environment with the content of files in the place of `…_FILE`, as Docker and Kubernetes hand secrets over. Only for
 * the given names; both forms at once are refused, because one of them would silently not count.
 */
export const withSecretFiles = (
  env: Env,
  secretNames: ReadonlySet<string>,
  problems: string[],
): Env => {
  const read: Record<string, string | undefined> = { ...env }
  for (const name of secretNames) {
    const fileName = secretFileName(name)
    const path = env[fileName]
    delete read[fileName]
    if (!path) continue
    if (env[name]) {
      problems.push(`${name} and ${fileName} are both set. Keep one of them.`)
      continue
    }
    const found = readSecret(path)
    if (typeof found === 'string') read[name] = found
    else problems.push(`${fileName} ${found.fault}.`)
  }
  return read
}
