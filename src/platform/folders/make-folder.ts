import {
  closeSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs'
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

type Owner = { readonly uid: number; readonly gid: number }

/**
 * Files that root creates or restores in the server's folder must belong to the server's account. Other users cannot give
 * files away. Of a symbolic link that an attacker put there, the link itself changes owner, not its target.
 */
export const giveTo = (path: string, { uid, gid }: Owner): void => {
  const { uid: maker } = lstatSync(path)
  if (maker === 0 && maker !== uid) lchownSync(path, uid, gid)
}

/** An empty file for this user alone, regardless of folder and umask; other programs fill it. */
export const makeClosedFile = (path: string): void => {
  closeSync(openSync(path, 'wx', 0o600))
  giveTo(path, statSync(dirname(path)))
}
