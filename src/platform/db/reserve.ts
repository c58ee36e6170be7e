import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, statSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

const pieceBytes = 1 << 20
/**
 * The log between two checkpoints (1,000 pages of 4 KiB), and as much for pages of the file: hundreds of sessions and keys
 * can be ended with it.
 */
const pieces = 8
/** Beside the reserve, before it is made anew: otherwise it would take the last room, and that at every look. */
const spareBytes = 4 * pieceBytes

const noRoom = (): Error =>
  Object.assign(new Error('no room beside the reserve'), { code: 'ENOSPC' })

/** A file beside the database that takes room, so that there is some to give when the disk is full. */
export class Reserve {
  readonly #path: string

  constructor(databasePath: string) {
    this.#path = `${databasePath}-reserve`
  }

  get #isMade(): boolean {
    return existsSync(this.#path) && statSync(this.#path).size === pieces * pieceBytes
  }

  /** Throws the system's error, and takes nothing, where the disk has no room for it. */
  async make(): Promise<void> {
    if (this.#isMade) return
    const { bavail, bsize } = await statfs(dirname(this.#path))
    if (bavail * bsize < pieces * pieceBytes + spareBytes) throw noRoom()
    const file = await open(this.#path, 'w', 0o600)
    try {
      // Not zeros, which some file systems do not store.
      for (let piece = 0; piece < pieces; piece++) await file.writeFile(randomBytes(pieceBytes))
      await file.sync()
    } catch (error) {
      await rm(this.#path, { force: true })
      throw error
    } finally {
      await file.close()
    }
  }

  /** At once: the next statement finds the room. */
  release(): void {
    rmSync(this.#path, { force: true })
  }
}
