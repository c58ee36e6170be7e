import { existsSync, mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
const roomBytesMin = 2 ** 30

const hasRoomInMemory = (): boolean => {
  if (!existsSync(memory)) return false
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize >= roomBytesMin
}

/** The folder that lies in memory, where there is one with room. */
export const memoryFolder = (): readonly string[] => (hasRoomInMemory() ? [memory] : [])

/**
 * A data folder for a product that ends with its test: in memory where there is room, because waiting for a disk after
 * each commit is half of what such a test does. What is killed or restarted on purpose is kept on a disk.
 */
export const dataFolder = (prefix: string): string => {
  const base = hasRoomInMemory() ? memory : tmpdir()
  try {
    return mkdtempSync(join(base, prefix))
  } catch {
    return mkdtempSync(join(tmpdir(), prefix))
  }
}
