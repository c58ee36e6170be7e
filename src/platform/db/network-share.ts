import { statfsSync } from 'node:fs'

/** File systems by their number in Linux (statfs(2)); FUSE stands for sshfs, s3fs, rclone and their like. */
const shares: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
])

export const shareCure =
  'Set LATCHKEY_DATA_DIR to a folder on a disk of this machine, or use PostgreSQL.'

/** The numbers are unsigned; some systems hand them out signed. */
export const shareOfType = (type: number): string | null => shares.get(type >>> 0) ?? null

/**
 * The kind of network share a folder lies on, or null. SQLite's locks and its shared memory do not work there
 * (https://sqlite.org/useovernet.html): files are damaged, or cannot be opened at all.
 */
export const networkShareOf = (folder: string): string | null => {
  try {
    return shareOfType(statfsSync(folder).type)
  } catch {
    // A folder that cannot be asked is told about by whoever uses it.
    return null
  }
}
