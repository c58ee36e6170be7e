import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Version of this program, from its package. */
export const productVersion = (): string => {
  const path = join(import.meta.dirname, '..', '..', 'package.json')
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
  return version
}
