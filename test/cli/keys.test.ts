import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { DataKeyTables } from '#platform/crypto/tables.ts'
import { fileFaults } from '#platform/db/health.ts'
import { folders, latchkey, latchkeyAlone, type Said, type Where } from '#test/harness/cli.ts'
import {
  addApp,
  finishWith,
  type Guarded,
  newcomerWithApp,
  signInWithCode,
  startPending,
} from '#test/harness/factors.ts'
import { signIn } from '#test/harness/people.ts'
import { isSignedIn, onEachEngine, type Scene } from '#test/harness/scene.ts'
import { backupOf, joinByLink, Place, setUpOwner } from './installation.ts'

const newFolder = folders()

const installationOf = ({ app }: Scene): Where => ({
  dataDir: app.dataDir,
  settings: app.databaseUrl ? { LATCHKEY_DATABASE_URL: app.databaseUrl } : {},
})

const beside = (scene: Scene, ...words: readonly string[]): Promise<Said> =>
  latchkey(installationOf(scene), ...words)

type KeyFile = { readonly keys: Record<string, { version: number; secret: string }[]> }
const keyFile = (dataDir: string): KeyFile =>
  JSON.parse(readFileSync(join(dataDir, 'keys.json'), 'utf8'))

onEachEngine('New keys beside a running server', (scene) => {
  let guarded: Guarded

  test('are added, the old ones stay, and the file stays closed to others', async () => {
    guarded = await newcomerWithApp(scene)
    const before = keyFile(scene.app.dataDir)
    const said = await beside(scene, 'keys', 'rotate', '--json')
    assert.equal(said.code, 0, said.stderr)
    const { rotated, dataKeysWrapped } = said.json()
    assert.deepEqual(
      rotated.map((one: { key: string; from: number; to: number }) => [one.key, one.from, one.to]),
      [
        ['encryption', 1, 2],
        ['pepper', 1, 2],
        ['audit', 1, 2],
      ],
    )
    assert.ok(dataKeysWrapped >= 1)
    const after = keyFile(scene.app.dataDir)
    for (const [purpose, versions] of Object.entries(before.keys))
      assert.deepEqual(after.keys[purpose]?.slice(0, versions.length), versions)
    assert.equal(after.keys.lookup?.length, 1)
    assert.equal(statSync(join(scene.app.dataDir, 'keys.json')).mode & 0o777, 0o600)
    const drafts = readdirSync(scene.app.dataDir).filter((one) => one.startsWith('keys.json.'))
    assert.deepEqual(drafts, [])
    for (const { secret } of Object.values(after.keys).flat())
      assert.equal((said.stdout + said.stderr).includes(secret), false)
  })

  test('wrap every key that seals rows', async () => {
    const rows = await scene.app.db
      .withTables<DataKeyTables>()
      .selectFrom('data_keys')
      .select('kek_version')
      .execute()
    assert.ok(rows.length > 0)
    assert.ok(rows.every((row) => row.kek_version === 2))
  })

  test('end nobody’s session; signing in with password, code and recovery code works', async () => {
    assert.equal(await isSignedIn(scene.app, scene.owner.browser), true)
    await signIn(scene.app, scene.owner)
    await signInWithCode(scene.app, guarded)
    const browser = await startPending(scene.app, guarded)
    const [code = ''] = guarded.codes
    assert.equal((await finishWith(browser, 'recovery-code', code)).status, 200)
  })

  test('are used by the server without a restart: a password moves to the new pepper', async () => {
    const { db } = scene.app
    const versionOf = async (): Promise<number> => {
      const row = await db
        .withTables<{ passwords: { user_id: string; pepper_version: number } }>()
        .selectFrom('passwords')
        .select('pepper_version')
        .where('user_id', '=', scene.owner.userId)
        .executeTakeFirstOrThrow()
      return row.pepper_version
    }
    // A process looks at its key file again at most every 5 seconds, by a clock that tests cannot move.
    const deadline = performance.now() + 15_000
    while ((await versionOf()) === 1 && performance.now() < deadline) {
      await signIn(scene.app, scene.owner)
      await new Promise((go) => setTimeout(go, 500))
    }
    assert.equal(await versionOf(), 2)
    await signIn(scene.app, scene.owner)
  })

  test('seal what comes after, and an authenticator set up now works as well', async () => {
    const fresh = await newcomerWithApp(scene)
    await signInWithCode(scene.app, fresh)
    await signInWithCode(scene.app, guarded)
  })

  test('can be some of them only, and twice', async () => {
    const said = await beside(scene, 'keys', 'rotate', '--only', 'pepper', '--json')
    assert.deepEqual(said.json().rotated, [{ key: 'pepper', from: 2, to: 3 }])
    await signIn(scene.app, scene.owner)
    await signInWithCode(scene.app, guarded)
  })

  test('of two who rotate at once both are there, and nothing is lost', async () => {
    const before = keyFile(scene.app.dataDir)
    const both = await Promise.all(
      [1, 2].map(() => latchkeyAlone(installationOf(scene), 'keys', 'rotate', '--json')),
    )
    assert.deepEqual(
      both.map((one) => one.code),
      [0, 0],
      both.map((one) => one.stderr).join('\n'),
    )
    const after = keyFile(scene.app.dataDir)
    assert.equal(after.keys.encryption?.length, (before.keys.encryption?.length ?? 0) + 2)
    await signInWithCode(scene.app, guarded)
  })

  test('leave a trail that is one chain, over entries of every version', async () => {
    const said = await latchkeyAlone(installationOf(scene), 'audit', 'verify', '--json')
    assert.deepEqual([said.code, said.json().faults], [0, []])
    const { rows } = {
      rows: await scene.app.db
        .withTables<{ audit_entries: { code: string; actor_kind: string; key_version: number } }>()
        .selectFrom('audit_entries')
        .select(['actor_kind', 'key_version'])
        .where('code', '=', 'installation:keys_rotated')
        .execute(),
    }
    assert.equal(rows.length, 4)
    assert.ok(rows.every((row) => row.actor_kind === 'system'))
  })
})

describe('After new keys', () => {
  test('a server that starts anew opens everything, and an older copy of the keys is told apart', async () => {
    const place = await Place.make('sqlite', newFolder())
    try {
      const server = await place.start()
      await setUpOwner(server)
      const bob = await joinByLink(place, server, 'Bob')
      const clock = { clock: { now: Date.now } }
      const app = await addApp(clock as Parameters<typeof addApp>[0], bob)
      await place.stop()
      const copy = join(newFolder(), 'keys.json')
      copyFileSync(join(place.dataDir, 'keys.json'), copy)
      assert.equal((await place.run('keys', 'rotate')).code, 0)
      const again = (await place.start()).newBrowser()
      const email = 'bob@example.com'
      const password = 'violet-kettle-93-harbour'
      const started = await again.do('sign-in.start', { email, password })
      assert.equal(started.body.next, 'second-factor')
      const [code = ''] = app.codes ?? []
      assert.equal(
        (await again.do('sign-in.finish', { method: 'recovery-code', proof: code })).status,
        200,
      )
      await place.stop()
      copyFileSync(copy, join(place.dataDir, 'keys.json'))
      const told = await place.run('doctor', '--json')
      const found = told
        .json()
        .findings.find((one: { check: string }) => one.check === 'keys and database')
      assert.deepEqual([told.code, found.state], [1, 'problem'])
      assert.match(found.message, /too old/)
    } finally {
      await place.end()
    }
  })
})

/** Kills the command after a while; how far it came is up to the machine. */
const killAfter = (place: Place, ms: number, ...words: readonly string[]): Promise<void> =>
  new Promise((resolve) => {
    const root = join(import.meta.dirname, '..', '..')
    const child = spawn(process.execPath, [join(root, 'src', 'cli.ts'), ...words], {
      cwd: root,
      stdio: 'ignore',
      env: { ...process.env, ...place.settings, LATCHKEY_DATA_DIR: place.dataDir },
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), ms)
    child.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })

describe('Killed in the middle', () => {
  const moments = Array.from({ length: 6 }, (_, index) => 250 + index * 90)

  test('of new keys: keys and database still belong together', async () => {
    const place = await Place.make('sqlite', newFolder())
    await setUpOwner(await place.start())
    await place.stop()
    for (const ms of moments) {
      await killAfter(place, ms, 'keys', 'rotate')
      const told = (await place.run('doctor', '--json')).json()
      assert.equal(told.problems, 0, JSON.stringify(told.findings))
    }
    assert.equal((await place.run('audit', 'verify')).code, 0)
  })

  test('of a restore: there is one whole database, the old or the new', async () => {
    const place = await Place.make('sqlite', newFolder())
    const server = await place.start()
    await setUpOwner(server)
    await joinByLink(place, server, 'Bob')
    await place.stop()
    const backup = await backupOf(place, newFolder())
    for (const ms of moments) {
      await killAfter(place, ms, 'restore', backup, '--replace')
      assert.deepEqual(fileFaults(join(place.dataDir, 'latchkey.db')), [])
      assert.equal((await place.run('user', 'list', '--json')).json().people.length, 2)
    }
    await place.start()
    await place.end()
    const asides = readdirSync(place.dataDir).filter((one) => /before-restore-.*\.db$/.test(one))
    for (const aside of asides) assert.deepEqual(fileFaults(join(place.dataDir, aside)), [])
  })
})
