import { type Stats, statSync } from 'node:fs'
import { platform } from 'node:os'

/** Groups this process acts with. Kubernetes gives a volume to one of them (`fsGroup`) and adds its bits at each mount. */
const ownGroups = (): ReadonlySet<number> =>
  new Set([process.getgid?.() ?? -1, ...(process.getgroups?.() ?? [])])

const isClosed = ({ mode, gid }: Stats): boolean =>
  (mode & 0o007) === 0 && ((mode & 0o070) === 0 || ownGroups().has(gid))

/**
 * True when no other account can read or change a file with secrets: its owner may, and so may a group of this process.
 * Windows has no such bits. Throws what `stat` throws.
 */
export const isClosedToOthers = (path: string): boolean =>
  platform() === 'win32' || isClosed(statSync(path))
