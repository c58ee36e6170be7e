import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyFilePath, openKeyFile } from '#platform/crypto/key-file.ts'

let text = ''

const makeText = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-keys-'))
  try {
    openKeyFile(folder)
    return readFileSync(keyFilePath(folder), 'utf8')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The one key file of this process, for an installation that has none. */
export const writeSharedKeys = (dataDir: string): void => {
  text ||= makeText()
  writeFileSync(keyFilePath(dataDir), text, { mode: 0o600, flag: 'wx' })
}
