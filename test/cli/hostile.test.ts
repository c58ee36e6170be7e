import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { stampName } from '#platform/backup/make.ts'
import { folders } from '#test/harness/cli.ts'
import { backupOf, Place, setUpOwner } from './installation.ts'

const newFolder = folders()
const skip = platform() === 'win32' ? 'pipes and links in folders are another matter there' : false

describe('somebody who can write where backups are kept', { skip }, () => {
  let place: Place
  let backup: string
  before(async () => {
    place = await Place.make('sqlite', newFolder())
    await setUpOwner(await place.start())
    await place.stop()
    backup = await backupOf(place, newFolder())
  })
  after(() => place?.end())

  /** The backup again, with one more row that its seal does not know. */
  const altered = (): string => {
    const path = join(newFolder(), 'altered.db')
    copyFileSync(join(backup, 'database.db'), path)
    const file = new DatabaseSync(path)
    file.exec("update people set name = 'Mallory'")
    file.close()
    return path
  }

  test('does not get another database in by exchanging it after it was checked', async () => {
    const copy = join(newFolder(), 'backup')
    cpSync(backup, copy, { recursive: true })
    const path = join(copy, 'database.db')
    const good = readFileSync(path)
    rmSync(path)
    execFileSync('mkfifo', [path])
    // Of its own: it reads the pipe that this process writes.
    const running = place.runAlone('restore', copy, '--check')
    // The check reads the good one out of the pipe, and before it comes to the end there is another under the name.
    const pipe = await open(path, 'w')
    await pipe.writeFile(good)
    renameSync(altered(), path)
    await pipe.close()
    const said = await running
    assert.notEqual(said.code, 0, said.stdout)
    assert.match(said.stderr, /was changed after it was made/)
  })

  test('does not get the keys by putting a file of theirs where they will be written', async () => {
    const [into, elsewhere] = [newFolder(), newFolder()]
    for (let second = 0; second < 20; second++) {
      const name = `latchkey-${stampName(Date.now() + second * 1000)}.keys.json`
      if (second % 2 === 0) symlinkSync(join(elsewhere, name), join(into, name))
      else writeFileSync(join(into, name), '', { mode: 0o666 })
    }
    const said = await place.run('backup', into, '--with-keys')
    assert.notEqual(said.code, 0, said.stdout)
    assert.match(said.stderr, /is there already/)
    assert.deepEqual(readdirSync(elsewhere), [])
    for (const name of readdirSync(into).filter((one) => one.endsWith('.keys.json')))
      if (existsSync(join(into, name))) assert.equal(statSync(join(into, name)).size, 0, name)
    assert.deepEqual(
      readdirSync(into).filter((one) => !one.endsWith('.keys.json')),
      [],
      'nothing half done stays',
    )
  })

  test('runs nothing by a trigger or a view in the file', async () => {
    const copy = join(newFolder(), 'backup')
    mkdirSync(copy)
    copyFileSync(join(backup, 'manifest.json'), join(copy, 'manifest.json'))
    copyFileSync(join(backup, 'database.db'), join(copy, 'database.db'))
    const file = new DatabaseSync(join(copy, 'database.db'))
    file.exec(
      "create trigger t after insert on audit_entries begin update people set role = 'owner'; end",
    )
    file.close()
    const said = await place.run('restore', copy, '--check')
    assert.notEqual(said.code, 0, said.stdout)
    assert.match(said.stderr, /was changed after it was made/)
  })
})
