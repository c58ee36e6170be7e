import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { openSqlite } from '#platform/db/open-sqlite.ts'
import { createDatabase } from './harness/postgres.ts'
import {
  freePort,
  printedSetupCode,
  runServer,
  type ServerProcess,
  startServer,
  stopServer,
} from './harness/server-process.ts'

const adminUrl = process.env.LATCHKEY_TEST_POSTGRES_URL
const work = mkdtempSync(join(tmpdir(), 'latchkey-start-'))
after(() => rmSync(work, { recursive: true, force: true }))

const newFolder = (): string => mkdtempSync(join(work, 'data-'))

/** Starts it, waits for its end, and returns what it said, which must be help and not a stack. */
const refusal = async (options: Partial<Parameters<typeof runServer>[0]>): Promise<string> => {
  const server = runServer({ dataDir: newFolder(), port: await freePort(), ...options })
  const { code, signal } = await server.ended
  const text = server.output()
  assert.deepEqual({ code, signal }, { code: 1, signal: null }, text)
  assert.doesNotMatch(text, /\n\s+at |node:internal|file:\/\//, 'a stack helps nobody')
  const lines = text
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('{'))
  assert.equal(lines[0], 'Latchkey cannot start.')
  assert.equal(lines.length, 2, `one line says what to do:\n${text}`)
  return lines[1] ?? ''
}

/** An installation that was started once and stopped. */
const usedFolder = async (): Promise<string> => {
  const dataDir = newFolder()
  await stopServer(await startServer({ dataDir, port: await freePort() }))
  return dataDir
}

describe('A start that cannot succeed', () => {
  let used: string
  let other: string
  before(async () => {
    ;[used, other] = await Promise.all([usedFolder(), usedFolder()])
  })

  it('names the port that is in use', async () => {
    const port = await freePort()
    const holder: Server = createServer().listen(port, '127.0.0.1')
    try {
      const said = await refusal({ port })
      assert.match(said, new RegExp(`Port ${port} .*in use`))
      assert.match(said, /set PORT/)
    } finally {
      holder.close()
    }
  })

  it('names the data folder that cannot be written', async () => {
    // Below a file there can be no folder, for root neither.
    const file = join(work, 'a-file')
    writeFileSync(file, '')
    const said = await refusal({ dataDir: join(file, 'data') })
    assert.match(said, /a-file.data cannot be written/)
    assert.match(said, /LATCHKEY_DATA_DIR/)
  })

  it('names the data folder that no system would make, without trying for ever', {
    skip: process.platform !== 'linux',
  }, async () => {
    for (const dataDir of [
      '/proc/latchkey',
      '/proc/latchkey/data',
      '/dev/null/data',
      '/dev/null',
    ]) {
      const said = await refusal({ dataDir })
      assert.equal(said.startsWith(`The data folder ${dataDir} cannot be written.`), true, said)
      assert.match(said, /LATCHKEY_DATA_DIR/)
    }
  })

  it('says which ports there are to whoever names one that is none', async () => {
    for (const PORT of ['99999', 'abc', '-1', '80.5'])
      assert.match(
        await refusal({ settings: { PORT } }),
        /^PORT is not usable: it must be a whole number from 0 to 65535\./,
      )
  })

  it('says that the database cannot be reached, without its password', async () => {
    const port = await freePort()
    const settings = {
      LATCHKEY_DATABASE_URL: `postgres://latchkey:a-very-secret-word@127.0.0.1:${port}/latchkey`,
    }
    const said = await refusal({ settings })
    assert.match(said, /database cannot be reached/)
    assert.match(said, /LATCHKEY_DATABASE_URL/)
    assert.doesNotMatch(said, /a-very-secret-word/)
  })

  it('says that PostgreSQL refused the password, without showing it', {
    skip: !adminUrl,
  }, async () => {
    const database = await createDatabase(adminUrl ?? '')
    try {
      const url = new URL(database.url)
      url.password = 'a-very-secret-word'
      const said = await refusal({ settings: { LATCHKEY_DATABASE_URL: url.href } })
      assert.match(said, /database cannot be reached/)
      assert.doesNotMatch(said, /a-very-secret-word/)
    } finally {
      await database.drop()
    }
  })

  it('guesses which setting was meant', async () => {
    const said = await refusal({
      settings: { LATCHKEY_DATABSE_URL: 'postgres://u:hidden-word@h/d' },
    })
    assert.match(
      said,
      /LATCHKEY_DATABSE_URL is not a setting\. Did you mean LATCHKEY_DATABASE_URL\?/,
    )
    assert.doesNotMatch(said, /hidden-word/)
  })

  it('says which setting has a value that cannot be used, without the value', async () => {
    const said = await refusal({ settings: { LATCHKEY_MAIL_URL: 'mailto:hidden-word' } })
    assert.match(said, /LATCHKEY_MAIL_URL is not usable/)
    assert.doesNotMatch(said, /hidden-word/)
  })

  it('wants https for a public address on another host', async () => {
    const said = await refusal({ settings: { LATCHKEY_PUBLIC_URL: 'http://account.example.com' } })
    assert.match(said, /LATCHKEY_PUBLIC_URL must start with https/)
  })

  it('wants a configuration file that is JSON', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'latchkey.config.json'), '{ "mail": { "url": "smtp://hidden-word" ')
    const said = await refusal({ folder })
    assert.match(said, /latchkey\.config\.json is not valid JSON/)
    assert.doesNotMatch(said, /hidden-word/)
  })

  it('guesses which entry of the configuration file was meant', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'latchkey.config.json'), '{ "mail": { "form": "hidden-word" } }')
    const said = await refusal({ folder })
    assert.match(said, /mail\.form is not a setting\. Did you mean mail\.from\?/)
    assert.doesNotMatch(said, /hidden-word/)
  })

  it('asks for the backup of a damaged key file, and leaves it as it is', async () => {
    const dataDir = newFolder()
    const path = join(dataDir, 'keys.json')
    const half = readFileSync(join(used, 'keys.json'), 'utf8').slice(0, 200)
    writeFileSync(path, half, { mode: 0o600 })
    const said = await refusal({ dataDir })
    assert.match(said, /keys\.json is damaged\. Restore it/)
    assert.equal(readFileSync(path, 'utf8'), half)
    assert.equal(half.includes(said), false)
  })

  it('refuses a key file that others can read, and says how to close it', async () => {
    const dataDir = await usedFolder()
    const path = join(dataDir, 'keys.json')
    chmodSync(path, 0o644)
    const said = await refusal({ dataDir })
    assert.match(said, /can be read by others\. Run: chmod 600/)
    chmodSync(path, 0o600)
    await stopServer(await startServer({ dataDir, port: await freePort() }))
  })

  it('refuses the key file of another database', async () => {
    const dataDir = await usedFolder()
    writeFileSync(join(dataDir, 'keys.json'), readFileSync(join(other, 'keys.json')), {
      mode: 0o600,
    })
    const said = await refusal({ dataDir })
    assert.match(said, /key file does not belong to this database/)
  })

  it('refuses a database whose key file is gone, instead of making a new one for it', async () => {
    const dataDir = await usedFolder()
    rmSync(join(dataDir, 'keys.json'))
    const said = await refusal({ dataDir })
    assert.match(said, /keys\.json is missing\. Put back/)
    assert.equal(existsSync(join(dataDir, 'keys.json')), false, 'nothing lies in the way of it')
  })

  it('refuses a database of a newer version', async () => {
    const dataDir = await usedFolder()
    const db = openSqlite(join(dataDir, 'latchkey.db'))
    await sql`insert into migrations (name, timestamp) values ('209901010000_tomorrow', '2099-01-01T00:00:00.000Z')`.execute(
      db,
    )
    await db.destroy()
    const said = await refusal({ dataDir })
    assert.match(said, /used by a newer version/)
  })

  it('refuses a file that is no database', async () => {
    const dataDir = newFolder()
    writeFileSync(join(dataDir, 'latchkey.db'), 'this is a letter to my grandmother. '.repeat(200))
    const said = await refusal({ dataDir })
    assert.match(said, /latchkey\.db cannot be opened: file is not a database/)
  })
})

const secretsIn = (dataDir: string): string[] =>
  [...readFileSync(join(dataDir, 'keys.json'), 'utf8').matchAll(/"secret": "([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  )

describe('A start that succeeds', () => {
  let server: ServerProcess
  let dataDir: string
  before(async () => {
    dataDir = newFolder()
    server = await startServer({ dataDir, port: await freePort() })
  })
  after(() => stopServer(server))

  it('prints its address and where the first account is made', async () => {
    const code = await printedSetupCode(server)
    assert.match(code, /^cfs_[A-Za-z0-9_-]{43}$/)
    assert.match(server.output(), new RegExp(`^Latchkey is running at ${server.url}$`, 'm'))
    assert.match(server.output(), new RegExp(`^ {2}${server.url}/setup#code=cfs_`, 'm'))
  })

  it('takes a free port for 0, says which, and can be used there', async () => {
    const started = await startServer({ dataDir: newFolder(), port: 0 })
    try {
      const [, url = ''] = /running at (http:\/\/localhost:\d+)\n/.exec(started.output()) ?? []
      assert.doesNotMatch(url, /:0$/)
      const answer = await fetch(`${url}/api/v1/sign-out`, {
        method: 'POST',
        headers: { origin: url },
      })
      assert.equal(answer.status, 200, await answer.text())
    } finally {
      await stopServer(started)
    }
  })

  it('prints no key, and nothing at all while nobody asks for anything', async () => {
    const printed = server.output()
    await sleep(1500)
    assert.equal(server.output(), printed)
    const secrets = secretsIn(dataDir)
    assert.equal(secrets.length, 4)
    for (const secret of secrets) assert.equal(printed.includes(secret), false)
  })

  it('keeps what it stores to itself', () => {
    const open = readdirSync(dataDir).filter(
      (name) => name === 'keys.json' || name === 'latchkey.db',
    )
    assert.deepEqual(open.sort(), ['keys.json', 'latchkey.db'])
  })
})

const password = 'violet-kettle-93-harbour'

/** Opens the stream that tells a page of its session's end, and waits for its first message. */
const openStream = async (url: string, cookie: string) => {
  const answer = await fetch(`${url}/api/v1/account/sessions/watch`, { headers: { cookie } })
  const reader = answer.body?.getReader()
  assert.ok(reader)
  await reader.read()
  return reader
}

describe('A stop', () => {
  it('finishes what is under way, closes event streams and ends within two seconds', async () => {
    const server = await startServer({ dataDir: newFolder(), port: await freePort() })
    const browser = server.newBrowser()
    const code = await printedSetupCode(server)
    const owner = { organisationName: 'Acme', name: 'Ada', email: 'ada@example.com', password }
    assert.equal((await browser.do('sign-in.set-up', { code, ...owner })).status, 200)
    const stream = await openStream(server.url, `latchkey=${browser.cookies.get('latchkey')}`)
    // Signing in takes a password hash, long enough to be under way when the signal comes.
    const underWay = server.newBrowser().do('sign-in.start', { email: owner.email, password })
    await sleep(15)
    const since = Date.now()
    const stopped = stopServer(server)
    assert.equal((await underWay).status, 200)
    let more = await stream.read()
    while (!more.done) more = await stream.read()
    assert.deepEqual(await stopped, { code: 0, signal: null })
    assert.ok(Date.now() - since < 2000, `took ${Date.now() - since} ms`)
    assert.doesNotMatch(server.output(), /"level":"error"/)
    assert.equal(server.output().includes(password), false)
  })

  it('is heard while the process is still starting', async () => {
    const server = runServer({ dataDir: newFolder(), port: await freePort() })
    await sleep(100)
    const since = Date.now()
    await stopServer(server)
    assert.ok(Date.now() - since < 2000)
  })
})

/** Prints the address of every file the process loads. */
const loadPrinter = `data:text/javascript,${encodeURIComponent(
  "import { registerHooks } from 'node:module'; registerHooks({ load: (url, context, next) => " +
    "{ process.stderr.write('loaded ' + url + '\\n'); return next(url, context) } })",
)}`

describe('A running server', () => {
  it('loads its modules, and none of the fixtures that tests ask them for', async () => {
    const settings = { NODE_OPTIONS: `--import=${loadPrinter}` }
    const server = await startServer({ dataDir: newFolder(), port: await freePort(), settings })
    const browser = server.newBrowser()
    for (const path of ['/login', '/api/openapi.json', '/api/v1/sign-in/status'])
      assert.equal((await browser.fetch({ method: 'GET', path })).status, 200, path)
    await stopServer(server)
    const loaded = [...server.output().matchAll(/^loaded (.*)$/gm)].map(([, url = '']) => url)
    assert.ok(loaded.filter((url) => /\/modules\/[\w-]+\/rules\.ts/.test(url)).length > 5)
    assert.deepEqual(
      loaded.filter((url) => /\/fixtures\.ts|\/test\//.test(url)),
      [],
    )
  })
})
