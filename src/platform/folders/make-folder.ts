import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * A folder for this user alone, and those it stands in, one inside the other. Asked for all of them at once, Node tries
 * for ever where the system answers "not found" to making a folder, as it does below /proc.
 */
export const makeFolder = (path: string): void => {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process of this installation may have been first.
    if (!existsSync(path)) throw error
  }
}
