import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Waits until a file, or a folder's list of names, would survive a power cut. */
export const syncToDisk = (path: string): void => {
  const opened = openSync(path, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/** A few commits, their pages in the log and in the file. */
const roomBytes = 256 * 1024

/** Throws the system's error when a folder has no room for a small file: a share of it may be full where its disk is not. */
export const tryRoomIn = async (folder: string): Promise<void> => {
  const path = join(folder, `.room-${randomBytes(6).toString('hex')}`)
  const file = await open(path, 'wx', 0o600)
  try {
    // Not zeros, which some file systems do not store.
    await file.writeFile(randomBytes(roomBytes))
    await file.sync()
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}
