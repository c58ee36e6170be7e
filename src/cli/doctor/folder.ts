import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { platform } from 'node:os'
import type { Settings } from '#open'
import { type KeyRing, keyFilePath, readKeyFile, rotatable } from '#platform/crypto/key-file.ts'
import { networkShareOf, shareCure } from '#platform/db/network-share.ts'
import { isClosedToOthers } from '#platform/folders/closed.ts'
import { about, type Finding } from './finding.ts'

const isPosix = platform() !== 'win32'

/** Checks that the folder exists, belongs to this account, and is closed to others. */
export const lookAtFolder = (
  { dataDir, databaseFile }: Settings,
  account: number | null,
): Finding[] => {
  const say = about('data folder')
  if (!existsSync(dataDir))
    return [
      say.problem(
        `${dataDir} does not exist.`,
        'Set LATCHKEY_DATA_DIR to the data folder, or make one with latchkey migrate.',
      ),
    ]
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return [
      say.problem(`${dataDir} cannot be written.`, 'Give the account of the server the right to.'),
    ]
  }
  const { uid } = statSync(dataDir)
  const found: Finding[] = []
  const share = databaseFile ? networkShareOf(dataDir) : null
  if (share)
    found.push(
      say.problem(
        `${dataDir} lies on a network share (${share}), where the embedded database is damaged.`,
        shareCure,
      ),
    )
  if (!isClosedToOthers(dataDir))
    found.push(say.warning(`${dataDir} can be entered by others.`, `Run: chmod 700 "${dataDir}"`))
  if (isPosix && account !== null && account !== uid)
    found.push(
      say.warning(
        `${dataDir} belongs to another account (${uid}) than the one you are (${account}).`,
        'Run latchkey as the account the server runs as, or files it makes may be closed to the server.',
      ),
    )
  return found.length > 0 ? found : [say.ok(`${dataDir} can be written, and by nobody else.`)]
}

/** Null beside a problem when there is no usable key file. */
export const lookAtKeys = ({
  dataDir,
}: Settings): { readonly findings: readonly Finding[]; readonly keys: KeyRing | null } => {
  const say = about('key file')
  const path = keyFilePath(dataDir)
  if (!existsSync(path)) {
    const advice = 'Put back keys.json from your backup of the keys. Without it nobody can sign in.'
    return { findings: [say.problem(`${path} does not exist.`, advice)], keys: null }
  }
  try {
    const keys = readKeyFile(path)
    const versions = rotatable.map((one) => `${one} ${keys.current(one).version}`).join(', ')
    const message = `${path} is whole. Fingerprint ${keys.fingerprint}; versions in use: ${versions}.`
    return { findings: [say.ok(message)], keys }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const [message = text, advice = 'Restore it from your backup of the keys.'] = text.split(
      /(?<=\.) (?=Run: |Restore )/,
    )
    return { findings: [say.problem(message, advice)], keys: null }
  }
}

const megabyte = 1_000_000
const tightBytes = 100 * megabyte
const roomyBytes = 1000 * megabyte

/** The database needs room for its journal, and for a copy of itself before an upgrade. */
export const lookAtDisk = ({ dataDir, databaseFile }: Settings): Finding[] => {
  const say = about('disk')
  const { bavail, bsize } = statfsSync(dataDir)
  const free = bavail * bsize
  const size = databaseFile && existsSync(databaseFile) ? statSync(databaseFile).size : 0
  const shown = `${Math.floor(free / megabyte)} MB are free in ${dataDir}`
  const advice = 'Make room: a full disk refuses every change, sign-ins included.'
  if (free < tightBytes || free < size) return [say.problem(`Only ${shown}.`, advice)]
  if (free < roomyBytes || free < 3 * size) return [say.warning(`Only ${shown}.`, advice)]
  return [say.ok(`${shown}.`)]
}
