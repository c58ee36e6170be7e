import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { stampName } from '#platform/backup/make.ts'
import { folders } from '#test/harness/cli.ts'
import { backupOf, Place } from './installation.ts'

const newFolder = folders()
const skip = platform() === 'win32' ? 'rights are another matter there' : false

/** Everything below a folder, with its own name. */
const allIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

describe('Files that commands make', { skip }, () => {
  let place: Place
  let backup: string
  before(async () => {
    place = await Place.make('sqlite', newFolder())
    chmodSync(place.dataDir, 0o755)
    await place.run('migrate')
    backup = await backupOf(place, newFolder(), '--with-keys')
  })
  after(() => place?.end())

  const keysOfBackup = (): string => `${backup}.keys.json`
  const emptyPlace = async (): Promise<Place> => {
    const made = await Place.make('sqlite', join(newFolder(), 'data'))
    mkdirSync(made.dataDir, { mode: 0o755 })
    return made
  }
  const assertClosed = (folder: string): void => {
    for (const path of allIn(folder))
      assert.equal((statSync(path).mode & 0o777).toString(8), '600', path)
  }

  test('are closed to others, also in a folder that others may enter', () => {
    assert.ok(allIn(place.dataDir).some((path) => path.endsWith('latchkey.db')))
    assertClosed(place.dataDir)
  })

  test('are closed after a restore, also of a backup from a disk that knows no rights', async () => {
    for (const path of allIn(backup)) chmodSync(path, 0o755)
    const elsewhere = await emptyPlace()
    const said = await elsewhere.run('restore', backup, '--keys', keysOfBackup())
    assert.equal(said.code, 0, said.stderr)
    assertClosed(elsewhere.dataDir)
  })

  test('belong to whom the folder belongs, when root makes them or brings them back', {
    skip: process.getuid?.() === 0 ? false : 'needs root',
  }, async () => {
    for (const words of [['migrate'], ['restore', backup, '--keys', keysOfBackup()]]) {
      const theirs = await emptyPlace()
      chownSync(theirs.dataDir, 65_534, 65_534)
      const said = await theirs.run(...words)
      assert.equal(said.code, 0, said.stderr)
      const owners = allIn(theirs.dataDir).map((path) => [path, statSync(path).uid])
      assert.ok(owners.length >= 2)
      for (const [path, uid] of owners) assert.equal(uid, 65_534, String(path))
    }
  })

  test('are as they were when a restore with other keys fails at its last step', async () => {
    const other = await emptyPlace()
    await other.run('migrate')
    const before = readFileSync(join(other.dataDir, 'keys.json'), 'utf8')
    for (let second = 0; second < 30; second += 1) {
      const stamp = stampName(Date.now() + second * 1000)
      writeFileSync(join(other.dataDir, `latchkey.before-restore-${stamp}.db`), '')
    }
    const words = ['restore', backup, '--keys', keysOfBackup(), '--replace']
    assert.notEqual((await other.run(...words)).code, 0)
    assert.equal(readFileSync(join(other.dataDir, 'keys.json'), 'utf8'), before)
    const list = await other.run('user', 'list')
    assert.equal(list.code, 0, list.stderr)
  })

  test('are named when a folder is given for the key file', async () => {
    const elsewhere = await emptyPlace()
    const said = await elsewhere.run('restore', backup, '--keys', elsewhere.dataDir)
    assert.deepEqual([said.code, /There is no key file/.test(said.stderr)], [3, true], said.stderr)
  })
})
