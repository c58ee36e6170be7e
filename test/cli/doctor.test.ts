import assert from 'node:assert/strict'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { SMTPServer } from 'smtp-server'
import { rememberFact } from '#platform/crypto/installation.ts'
import { unknownProxyFact } from '#platform/http/request/forwarding.ts'
import { engines } from '#test/harness/app.ts'
import { folders, latchkey } from '#test/harness/cli.ts'
import { freePort } from '#test/harness/server-process.ts'
import { Place, setUpOwner } from './installation.ts'

const newFolder = folders()

type Finding = {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'problem'
  readonly message: string
  readonly advice?: string
}

const examine = async (
  place: Place,
  settings: Readonly<Record<string, string>> = {},
  ...words: readonly string[]
) => {
  const where = { dataDir: place.dataDir, settings: { ...place.settings, ...settings } }
  const said = await latchkey(where, 'doctor', '--json', ...words)
  const findings: readonly Finding[] = said.json().findings
  const bad = findings.filter((one) => one.state === 'problem')
  assert.equal(said.code, bad.length > 0 ? 1 : 0)
  assert.equal(said.json().problems, bad.length)
  for (const one of findings) if (one.state !== 'ok') assert.ok(one.advice, one.message)
  return { ...said, findings, bad }
}

/** Files below this folder that this process holds open; none where the system does not tell. */
const openBelow = (folder: string): string[] => {
  const own = '/proc/self/fd'
  const handles = existsSync(own) ? readdirSync(own) : []
  return handles.flatMap((handle) => {
    const path = join(own, handle)
    // The handle that listed them is gone by now.
    const target = existsSync(path) ? readlinkSync(path) : ''
    return target.startsWith(folder) ? [target] : []
  })
}

/** Exactly this is wrong, and it says so. */
const finds = async (
  place: Place,
  [check, message]: readonly [string, RegExp],
  settings: Readonly<Record<string, string>> = {},
): Promise<Finding> => {
  const { bad, findings } = await examine(place, settings)
  const found = bad.find((one) => one.check === check)
  assert.ok(found, JSON.stringify(findings, null, 1))
  assert.match(found.message, message)
  return found
}

for (const engine of engines)
  describe(`The doctor (${engine})`, () => {
    let place: Place
    before(async () => {
      place = await Place.make(engine, newFolder())
      await setUpOwner(await place.start())
      await place.stop()
    })
    after(() => place?.end())

    test('finds nothing wrong with an installation that is well, and says what it looked at', async () => {
      const { code, findings, bad } = await examine(place)
      assert.deepEqual([code, bad], [0, []])
      const looked = findings.map((one) => one.check)
      for (const check of [
        ...['settings', 'data folder', 'disk', 'key file', 'database', 'migrations'],
        ...['keys and database', 'passkeys and address', 'clock', 'outgoing mail'],
        ...['public address', 'server', 'mail'],
      ])
        assert.ok(looked.includes(check), check)
    })

    test('is no problem beside a running server, and sees it', async () => {
      await place.start()
      const { code, json } = await place.runAlone('doctor', '--json')
      const findings: readonly Finding[] = json().findings
      assert.deepEqual([code, json().problems], [0, 0])
      assert.match(findings.find((one) => one.check === 'server')?.message ?? '', /is ready/)
      await place.stop()
    })

    test('changes nothing', async () => {
      const before = (await place.run('audit', 'verify', '--json')).json()
      await examine(place)
      assert.deepEqual((await place.run('audit', 'verify', '--json')).json(), before)
    })

    test('finds a key file that others can read, with the command that closes it', async () => {
      const path = join(place.dataDir, 'keys.json')
      chmodSync(path, 0o644)
      const { advice } = await finds(place, ['key file', /can be read by others/])
      assert.match(advice ?? '', /^Run: chmod 600/)
      chmodSync(path, 0o600)
    })

    test('finds that a migration is missing', async () => {
      const db = place.open()
      const taken = await sql<{ name: string; timestamp: string }>`
        delete from migrations where name = '202611231240_recoveries' returning *`.execute(db)
      const { advice } = await finds(place, [
        'migrations',
        /1 migrations are missing, .*recoveries/,
      ])
      assert.match(advice ?? '', /latchkey migrate/)
      const refused = await place.run('user', 'list', '--json')
      assert.deepEqual([refused.code, refused.json().error.code], [3, 'cli.cannot_open'])
      const [row] = taken.rows
      await sql`insert into migrations (name, timestamp) values (${row?.name}, ${row?.timestamp})`.execute(
        db,
      )
      await sql`insert into migrations (name, timestamp) values ('209901010000_tomorrow', '2099')`.execute(
        db,
      )
      await finds(place, ['migrations', /newer version/])
      await sql`delete from migrations where name = '209901010000_tomorrow'`.execute(db)
      await db.destroy()
    })

    test('finds that the passkeys were made for another address', async () => {
      const db = place.open()
      const { rows } = await sql<{ id: string }>`select id from people limit 1`.execute(db)
      await sql`
        insert into passkeys (id, user_id, credential_id, public_key, counter, transports, rp_id, aaguid, name,
          backup_eligible, backed_up, created_at)
        values ('psk_1', ${rows[0]?.id}, 'c', ${Buffer.from('k')}, 0, '[]', 'account.example.com', '', 'Phone', 0, 0, 1)`.execute(
        db,
      )
      const { advice } = await finds(place, ['passkeys', /were made for account\.example\.com/], {
        LATCHKEY_PUBLIC_URL: 'https://login.example.com',
      })
      assert.match(advice ?? '', /Set it back to account\.example\.com/)
      const right = {
        LATCHKEY_PUBLIC_URL: 'https://account.example.com',
        LATCHKEY_TRUSTED_PROXIES: '1',
      }
      const { bad, findings } = await examine(place, right)
      assert.deepEqual(bad, [])
      for (const check of ['public address', 'proxies'])
        assert.equal(findings.find((one) => one.check === check)?.state, 'ok')
      await sql`delete from passkeys`.execute(db)
      await db.destroy()
    })

    test('finds a proxy that was forgotten in the settings, for a week', async () => {
      const db = place.open()
      const seen = (at: number) =>
        rememberFact(db, { name: unknownProxyFact, value: '10.0.0.9', at })
      await seen(Date.now() - 1000)
      const told = async (settings: Readonly<Record<string, string>> = {}) => {
        const { findings, bad } = await examine(place, settings)
        assert.deepEqual(bad, [])
        return findings.find((one) => one.check === 'proxies')
      }
      const warned = await told()
      assert.equal(warned?.state, 'warning')
      assert.match(warned?.message ?? '', /X-Forwarded-For arrived from 10\.0\.0\.9/)
      assert.match(warned?.advice ?? '', /LATCHKEY_TRUSTED_PROXIES/)
      assert.equal((await told({ LATCHKEY_TRUSTED_PROXIES: '1' }))?.state, 'ok')
      await seen(Date.now() - 8 * 86_400_000)
      assert.equal((await told())?.state, 'ok')
      await db.destroy()
    })

    test('finds mails that nobody sends, and those that were given up', async () => {
      assert.equal(
        (await place.run('user', 'create', '--email', 'x@example.com', '--invite')).code,
        0,
      )
      const db = place.open()
      await sql`update work set not_before = ${Date.now() - 3_600_000} where state = 'waiting'`.execute(
        db,
      )
      await finds(place, ['outgoing mail', /have been waiting since/])
      await sql`update work set state = 'failed', finished_at = ${Date.now()} where state = 'waiting'`.execute(
        db,
      )
      const { findings } = await examine(place)
      const found = findings.find((one) => one.check === 'outgoing mail')
      assert.deepEqual(
        [found?.state, /1 mails .* could not be delivered/.test(found?.message ?? '')],
        ['warning', true],
      )
      await db.destroy()
    })

    test('finds a clock that is behind what was already written', async () => {
      const db = place.open()
      await sql`
        insert into audit_entries select seq + 1, 'act_x', ${Date.now() + 7_200_000}, event, code, message, user_id,
          organisation_id, actor_kind, actor_id, target, result, request_id, session_hash, data, context_digest,
          key_version, prev_hash, hash from audit_entries order by seq desc limit 1`.execute(db)
      await finds(place, ['clock', /newest audit entry is from/])
      await db.destroy()
    })
  })

describe('The doctor', () => {
  let place: Place
  before(async () => {
    place = await Place.make('sqlite', newFolder())
    await place.run('migrate')
  })
  after(() => place?.end())

  test('finds a database server that cannot be reached, without its password', async () => {
    const url = `postgres://latchkey:a-very-secret-word@127.0.0.1:${await freePort()}/latchkey`
    const { bad, stdout, stderr } = await examine(place, { LATCHKEY_DATABASE_URL: url })
    assert.match(bad.find((one) => one.check === 'database')?.message ?? '', /cannot be reached/)
    assert.doesNotMatch(stdout + stderr, /a-very-secret-word/)
  })

  test('finds a mail server behind a closed port', async () => {
    const url = `smtp://user:a-very-secret-word@127.0.0.1:${await freePort()}`
    const { bad, stdout, stderr } = await examine(place, { LATCHKEY_MAIL_URL: url })
    assert.match(bad.find((one) => one.check === 'mail')?.message ?? '', /ECONNREFUSED/)
    assert.doesNotMatch(stdout + stderr, /a-very-secret-word/)
  })

  test('finds a mail server that never says a word', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await new Promise((ready) => silent.once('listening', ready))
    const address = silent.address()
    const port = typeof address === 'object' ? address?.port : 0
    try {
      await finds(place, ['mail', /The mail server refuses: .*/], {
        LATCHKEY_MAIL_URL: `smtp://127.0.0.1:${port}`,
      })
    } finally {
      silent.close()
    }
  })

  test('talks to a mail server without sending, and sends one mail when asked to', async () => {
    const [mails, port]: [string[], number] = [[], await freePort()]
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onAuth: ({ password }, _, done) =>
        password === 'right' ? done(null, { user: 'u' }) : done(new Error('no such user')),
      onData: (stream, _, done) => {
        const parts: string[] = []
        stream.on('data', (part) => parts.push(String(part)))
        stream.on('end', () => {
          mails.push(parts.join(''))
          done()
        })
      },
    })
    await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready))
    const settings = {
      LATCHKEY_MAIL_URL: `smtp://u:right@127.0.0.1:${port}`,
      LATCHKEY_MAIL_FROM: 'Acme <security@acme.example>',
    }
    try {
      const quiet = await examine(place, settings)
      assert.deepEqual([quiet.bad, mails.length], [[], 0])
      assert.equal(quiet.findings.find((one) => one.check === 'mail')?.state, 'ok')
      await examine(place, settings, '--send-to', 'op@example.com')
      assert.equal(mails.length, 1)
      assert.match(mails[0] ?? '', /^To: op@example\.com/m)
      assert.match(mails[0] ?? '', /^Subject: A test mail from Latchkey/m)
      const wrong = { ...settings, LATCHKEY_MAIL_URL: `smtp://u:a-wrong-word@127.0.0.1:${port}` }
      const { advice } = await finds(place, ['mail', /no such user|Invalid login/], wrong)
      assert.match(advice ?? '', /user and password/)
    } finally {
      await new Promise<void>((closed) => server.close(closed))
    }
  })

  test('finds every setting that is wrong, at once', async () => {
    const { bad } = await examine(place, {
      LATCHKEY_MAIL_FORM: 'x',
      LATCHKEY_DATABASE_URL: 'mysql://x',
    })
    assert.equal(bad.length, 2)
    assert.match(bad.map((one) => one.message).join('\n'), /Did you mean LATCHKEY_MAIL_FROM\?/)
  })

  test('finds a public address that is not https', async () => {
    const address = { LATCHKEY_PUBLIC_URL: 'http://account.example.com' }
    await finds(place, ['public address', /must start with https/], address)
  })

  test('finds a data folder that is open to others, a missing key file, a damaged and a missing database', async () => {
    chmodSync(place.dataDir, 0o755)
    const { findings } = await examine(place)
    assert.equal(findings.find((one) => one.check === 'data folder')?.state, 'warning')
    chmodSync(place.dataDir, 0o700)
    const keys = join(place.dataDir, 'keys.json')
    const aside = join(newFolder(), 'keys.json')
    copyFileSync(keys, aside)
    rmSync(keys)
    await finds(place, ['key file', /does not exist/])
    const other = await Place.make('sqlite', newFolder())
    await other.run('migrate')
    copyFileSync(join(other.dataDir, 'keys.json'), keys)
    await finds(place, ['keys and database', /does not belong to this database/])
    copyFileSync(aside, keys)
    writeFileSync(join(place.dataDir, 'latchkey.db'), 'no database. '.repeat(1000))
    await finds(place, ['database', /file is not a database/])
    assert.deepEqual(openBelow(place.dataDir), [], 'a database that was refused is still open')
    rmSync(join(place.dataDir, 'latchkey.db'))
    await finds(place, ['database', /does not exist/])
  })
})
