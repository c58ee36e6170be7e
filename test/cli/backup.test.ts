import assert from 'node:assert/strict'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { makeBackup } from '#platform/backup/make.ts'
import { claimInstallation } from '#platform/crypto/installation.ts'
import { openKeyFile } from '#platform/crypto/key-file.ts'
import { fileFaults } from '#platform/db/health.ts'
import { migrate } from '#platform/db/migrate.ts'
import { engines } from '#test/harness/app.ts'
import { openBasis } from '#test/harness/basis.ts'
import { folders } from '#test/harness/cli.ts'
import type { Browser } from '#test/harness/client.ts'
import { product } from '#test/harness/product.ts'
import { backupOf, isIn, joinByLink, Place, setUpOwner } from './installation.ts'

const { migrations } = product

const newFolder = folders()

const peopleOf = async (place: Place): Promise<unknown> => {
  const said = await place.run('user', 'list', '--all', '--json')
  assert.equal(said.code, 0, said.stderr)
  return said.json().people
}

/** Renames a person again and again until told to stop; every answer was acknowledged. */
const keepWriting = (browser: Browser) => {
  const acknowledged: string[] = []
  const state = { goesOn: true }
  const done = (async () => {
    for (let round = 1; state.goesOn; round++) {
      const name = `Ada ${round}`
      const answer = await browser.do('account.update-profile', { name })
      assert.equal(answer.status, 200, answer.text)
      acknowledged.push(name)
    }
  })()
  const stop = async (): Promise<readonly string[]> => {
    state.goesOn = false
    await done
    return acknowledged
  }
  return { acknowledged, stop }
}

const nameIn = (backup: string): string => {
  const file = new DatabaseSync(join(backup, 'database.db'), { readOnly: true })
  try {
    return String(file.prepare("select name from people where role = 'owner'").get()?.name)
  } finally {
    file.close()
  }
}

for (const engine of engines) {
  describe(`A backup (${engine})`, () => {
    let place: Place
    let ada: Browser
    before(async () => {
      place = await Place.make(engine, newFolder())
      const server = await place.start()
      ada = await setUpOwner(server)
      await joinByLink(place, server, 'Bob')
    })
    after(() => place?.end())

    test('is made while people write, holds one moment, and is sound', async () => {
      const writing = keepWriting(ada)
      while (writing.acknowledged.length < 5) await new Promise((go) => setTimeout(go, 5))
      const earliest = writing.acknowledged.length
      const said = await place.runAlone('backup', newFolder(), '--json')
      const names = await writing.stop()
      assert.equal(said.code, 0, said.stderr)
      const { folder, audit } = said.json()
      assert.deepEqual(fileFaults(join(folder, 'database.db')), [])
      assert.ok(names.length > earliest, 'nobody wrote meanwhile')
      assert.ok(names.indexOf(nameIn(folder)) >= earliest - 1, nameIn(folder))
      const file = new DatabaseSync(join(folder, 'database.db'), { readOnly: true })
      const { rows, newest } = file
        .prepare('select count(*) as rows, max(seq) as newest from audit_entries')
        .get() as { rows: number; newest: number }
      file.close()
      assert.deepEqual([rows, newest], [audit.seq, audit.seq])
      assert.equal(await isIn(ada), true)
    })

    test('is for its owner only, is one file and what it says of itself, and no keys', async () => {
      const backup = await backupOf(place, newFolder())
      assert.deepEqual(readdirSync(backup).sort(), ['database.db', 'manifest.json'])
      assert.equal(statSync(backup).mode & 0o777, 0o700)
      for (const name of readdirSync(backup))
        assert.equal(statSync(join(backup, name)).mode & 0o777, 0o600)
      const { keys } = JSON.parse(readFileSync(join(place.dataDir, 'keys.json'), 'utf8'))
      const bytes = readFileSync(join(backup, 'database.db'), 'latin1')
      for (const { secret } of Object.values(keys).flat() as { secret: string }[])
        assert.equal(bytes.includes(secret), false)
    })

    test('with --with-keys has them beside it, closed to others, and says to move them', async () => {
      const into = newFolder()
      const said = await place.run('backup', into, '--with-keys')
      assert.equal(said.code, 0, said.stderr)
      assert.match(said.stdout, /Move that file away/)
      const name = readdirSync(into).find((one) => one.endsWith('.keys.json')) ?? ''
      assert.equal(statSync(join(into, name)).mode & 0o777, 0o600)
      assert.equal(
        readFileSync(join(into, name), 'utf8'),
        readFileSync(join(place.dataDir, 'keys.json'), 'utf8'),
      )
    })

    test('is written into the audit trail', async () => {
      await backupOf(place, newFolder())
      const head = (await place.run('audit', 'verify', '--json')).json()
      assert.deepEqual([head.ok, head.faults], [true, []])
      const later = await place.run('audit', 'verify', '--head', head.head, '--json')
      assert.equal(later.code, 0)
      const [seq, hash] = head.head.split(':')
      const cut = await place.run(
        'audit',
        'verify',
        '--head',
        `${Number(seq) + 1}:${hash}`,
        '--json',
      )
      assert.deepEqual([cut.code, cut.json().faults[0].fault], [1, 'the end is missing'])
    })

    test('into a place that cannot be written is refused, and leaves nothing', async () => {
      const file = join(newFolder(), 'a-file')
      writeFileSync(file, '')
      const said = await place.run('backup', join(file, 'x'), '--json')
      assert.deepEqual([said.code, said.json().error.code], [1, 'backup.unusable'])
    })

    test('makes the folder it is given, and none above it: that is a typing error, or a disk that is away', async () => {
      const away = join(newFolder(), 'mnt')
      const said = await place.run('backup', join(away, 'nightly'), '--json')
      assert.deepEqual([said.code, said.json().error.code], [1, 'backup.unusable'])
      assert.match(said.json().error.message, /mnt does not exist/)
      assert.equal(existsSync(away), false)
    })
  })

  for (const home of engines)
    describe(`A backup of ${engine} on a fresh machine with ${home}`, () => {
      let [source, fresh]: Place[] = []
      let backup = ''
      let people: unknown
      before(async () => {
        source = await Place.make(engine, newFolder())
        const server = await source.start()
        await setUpOwner(server)
        await joinByLink(source, server, 'Bob')
        backup = await backupOf(source, newFolder(), '--with-keys')
        people = await peopleOf(source)
        fresh = await Place.make(home, join(newFolder(), 'data'))
      })
      after(async () => {
        await source?.end()
        await fresh?.end()
      })

      test('needs its keys: without them it is refused and none are made', async () => {
        assert.ok(fresh)
        const said = await fresh.run('restore', backup, '--json')
        assert.deepEqual([said.code, said.json().error.code], [1, 'restore.keys_missing'])
        assert.equal(existsSync(fresh.dataDir), false)
      })

      test('comes up with the same people, and they sign in', async () => {
        assert.ok(fresh)
        const said = await fresh.run('restore', backup, '--keys', `${backup}.keys.json`, '--json')
        assert.equal(said.code, 0, said.stderr)
        assert.equal(said.json().aside, null)
        assert.equal(statSync(join(fresh.dataDir, 'keys.json')).mode & 0o777, 0o600)
        assert.deepEqual(await peopleOf(fresh), people)
        const server = await fresh.start()
        const signedIn = await server.newBrowser().do('sign-in.start', {
          email: 'bob@example.com',
          password: 'violet-kettle-93-harbour',
        })
        assert.equal(signedIn.status, 200)
        assert.equal((await fresh.run('audit', 'verify')).code, 0)
      })
    })
}

describe('A restore that cannot be right', () => {
  let place: Place
  let backup = ''
  before(async () => {
    place = await Place.make('sqlite', newFolder())
    await setUpOwner(await place.start())
    await place.stop()
    backup = await backupOf(place, newFolder())
  })
  after(() => place?.end())

  const copyOfBackup = (): string => {
    const copy = join(newFolder(), 'copy')
    cpSync(backup, copy, { recursive: true })
    return copy
  }
  const refused = async (folder: string, ...words: string[]): Promise<string> => {
    const before = readFileSync(join(place.dataDir, 'latchkey.db'))
    const said = await place.run('restore', folder, '--replace', '--json', ...words)
    assert.equal(said.code, 1, said.stdout + said.stderr)
    assert.deepEqual(readFileSync(join(place.dataDir, 'latchkey.db')), before, 'it was touched')
    assert.deepEqual(
      readdirSync(place.dataDir).filter((one) => /restor/.test(one)),
      [],
    )
    return said.json().error.message
  }

  test('because a person was slipped in: the file no longer fits its seal', async () => {
    const copy = copyOfBackup()
    const file = new DatabaseSync(join(copy, 'database.db'))
    file.exec("update people set role = 'viewer'")
    file.close()
    assert.match(await refused(copy), /changed after it was made/)
  })

  test('because the manifest was rewritten to fit', async () => {
    const copy = copyOfBackup()
    const path = join(copy, 'manifest.json')
    const manifest = JSON.parse(readFileSync(path, 'utf8'))
    manifest.audit = { seq: 1, hash: 'a'.repeat(64) }
    writeFileSync(path, JSON.stringify(manifest))
    assert.match(await refused(copy), /changed after it was made/)
  })

  test('because it was not copied whole', async () => {
    const copy = copyOfBackup()
    appendFileSync(join(copy, 'database.db'), 'more')
    assert.match(await refused(copy), /not copied whole/)
    rmSync(join(copy, 'database.db'))
    assert.match(await refused(copy), /is not a backup/)
    writeFileSync(join(copy, 'database.db'), '')
    writeFileSync(join(copy, 'manifest.json'), '{')
    assert.match(await refused(copy), /damaged, or was written by a newer version/)
  })

  test('because the keys are another installation’s, or older than the backup', async () => {
    const other = await Place.make('sqlite', newFolder())
    await other.run('migrate')
    const keys = join(place.dataDir, 'keys.json')
    const own = readFileSync(keys)
    try {
      copyFileSync(join(other.dataDir, 'keys.json'), keys)
      assert.match(await refused(backup), /does not belong to this backup/)
      writeFileSync(keys, own)
      await place.run('keys', 'rotate')
      const newer = await backupOf(place, newFolder())
      writeFileSync(keys, own, { mode: 0o600 })
      chmodSync(keys, 0o600)
      assert.match(await refused(newer), /older than the backup: it lacks the newest/)
    } finally {
      writeFileSync(keys, own, { mode: 0o600 })
    }
  })

  test('is still possible over a database that is damaged, which is kept as it is', async () => {
    const path = join(place.dataDir, 'latchkey.db')
    const rubbish = Buffer.from('this is a letter to my grandmother. '.repeat(200))
    writeFileSync(path, rubbish)
    const said = await place.run('restore', backup, '--replace', '--json')
    assert.equal(said.code, 0, said.stderr)
    assert.equal(said.json().gap.lostEntries, null)
    assert.deepEqual(readFileSync(said.json().aside), rubbish)
    assert.equal(((await peopleOf(place)) as unknown[]).length, 1)
  })

  test('says how much is missing by an anchor that was noted elsewhere', async () => {
    const { audit } = JSON.parse(readFileSync(join(backup, 'manifest.json'), 'utf8'))
    const later = `${audit.seq + 12}:${'b'.repeat(64)}`
    const said = await place.run('restore', backup, '--check', '--anchor', later, '--json')
    assert.deepEqual([said.code, said.json().gap.lostEntries], [0, 12])
    const other = `${audit.seq}:${'b'.repeat(64)}`
    const differs = await place.run('restore', backup, '--check', '--anchor', other, '--json')
    assert.equal(differs.code, 1)
    assert.match(differs.json().error.message, /differs from the noted head/)
    const anyway = ['--accept-trail-faults', '--anchor', other, '--json']
    const accepted = await place.run('restore', backup, '--check', ...anyway)
    assert.deepEqual([accepted.code, accepted.json().trailFaults.length], [0, 1])
  })
})

describe('A backup of an older version', () => {
  test('is brought up to this one before it goes on line', async () => {
    const { db, ctx, dataDir, stop } = await openBasis('sqlite', { isMigrated: false })
    const keys = openKeyFile(dataDir)
    try {
      const older = Object.fromEntries(
        Object.entries(migrations).filter(([name]) => !name.endsWith('_recoveries')),
      )
      await migrate(db, older, null)
      await claimInstallation(db, keys.fingerprint, Date.now())
      const parts = { keys, migrations, product: '0.0.1', keysFrom: dataDir }
      const made = await makeBackup(ctx, { into: newFolder(), ...parts })
      assert.equal(made.manifest.migrations.length, Object.keys(older).length)
      const place = await Place.make('sqlite', join(newFolder(), 'data'))
      const keysFile = ['--keys', made.keysFile ?? '']
      const said = await place.run('restore', made.folder, ...keysFile, '--json')
      assert.equal(said.code, 0, said.stderr)
      assert.deepEqual(said.json().migrationsRun, ['202611231240_recoveries'])
      assert.equal((await place.run('migrate', '--check')).code, 0)
    } finally {
      await stop()
    }
  })
})
