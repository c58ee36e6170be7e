import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Db } from '@latchkey/kit'
import { openPostgres } from '#platform/db/open-postgres.ts'
import { openSqlite } from '#platform/db/open-sqlite.ts'
import type { Engine } from '#test/harness/app.ts'
import { latchkey, latchkeyAlone, type Said } from '#test/harness/cli.ts'
import type { Browser } from '#test/harness/client.ts'
import { createDatabase } from '#test/harness/postgres.ts'
import {
  freePort,
  printedSetupCode,
  type ServerProcess,
  startServer,
  stopServer,
} from '#test/harness/server-process.ts'

export const password = 'violet-kettle-93-harbour'

/** An installation as an operator has it: a data folder, perhaps a server's database, and a program to start. */
export class Place {
  readonly dataDir: string
  readonly port: number
  readonly databaseUrl: string | null
  readonly drop: () => Promise<void>
  server: ServerProcess | null = null

  private constructor(parts: Pick<Place, 'dataDir' | 'port' | 'databaseUrl' | 'drop'>) {
    this.dataDir = parts.dataDir
    this.port = parts.port
    this.databaseUrl = parts.databaseUrl
    this.drop = parts.drop
  }

  static async make(engine: Engine, dataDir: string): Promise<Place> {
    const adminUrl = process.env.LATCHKEY_TEST_POSTGRES_URL ?? ''
    const database = engine === 'postgres' ? await createDatabase(adminUrl) : null
    return new Place({
      dataDir,
      port: await freePort(),
      databaseUrl: database?.url ?? null,
      drop: async () => database?.drop(),
    })
  }

  get settings(): Record<string, string> {
    return {
      PORT: String(this.port),
      LATCHKEY_LIMITS_REQUESTS_PER_ADDRESS: '100000',
      ...(this.databaseUrl ? { LATCHKEY_DATABASE_URL: this.databaseUrl } : {}),
    }
  }

  run(...words: readonly string[]): Promise<Said> {
    return latchkey({ dataDir: this.dataDir, settings: this.settings }, ...words)
  }

  /** A command as a process of its own, beside the test. */
  runAlone(...words: readonly string[]): Promise<Said> {
    return latchkeyAlone({ dataDir: this.dataDir, settings: this.settings }, ...words)
  }

  /** A command that asks for a secret. */
  ask(input: string, ...words: readonly string[]): Promise<Said> {
    return latchkey({ dataDir: this.dataDir, settings: this.settings, input }, ...words)
  }

  async start(): Promise<ServerProcess> {
    const { dataDir, port, settings } = this
    this.server = await startServer({ dataDir, port, settings })
    return this.server
  }

  async stop(): Promise<void> {
    if (this.server) await stopServer(this.server)
    this.server = null
  }

  async end(): Promise<void> {
    await this.stop()
    await this.drop()
  }

  open(): Db {
    return this.databaseUrl
      ? openPostgres(this.databaseUrl)
      : openSqlite(join(this.dataDir, 'latchkey.db'))
  }

  /** How many mails to this address left. */
  mailsTo(address: string): number {
    const folder = join(this.dataDir, 'mail')
    const names = existsSync(folder) ? readdirSync(folder) : []
    return names.filter((name) =>
      new RegExp(`^To: .*${address}`, 'm').test(readFileSync(join(folder, name), 'utf8')),
    ).length
  }

  takeKeysOf(other: Place): void {
    copyFileSync(join(other.dataDir, 'keys.json'), join(this.dataDir, 'keys.json'))
  }
}

export const setUpOwner = async (server: ServerProcess): Promise<Browser> => {
  const browser = server.newBrowser()
  const code = await printedSetupCode(server)
  const owner = { organisationName: 'Acme', name: 'Ada', email: 'ada@example.com', password }
  const done = await browser.do('sign-in.set-up', { code, ...owner })
  assert.equal(done.status, 200, done.text)
  return browser
}

/** A person who opened the link that the command printed. */
export const joinByLink = async (
  place: Place,
  server: ServerProcess,
  name: string,
): Promise<Browser> => {
  const email = `${name.toLowerCase()}@example.com`
  const { link } = (await place.run('user', 'create', '--email', email, '--json')).json()
  const token = new URLSearchParams(new URL(link).hash.slice(1)).get('token')
  const browser = server.newBrowser()
  const joined = await browser.do('sign-in.join', { token, name, password })
  assert.equal(joined.status, 200, joined.text)
  return browser
}

/** The folder of the backup that was just made. */
export const backupOf = async (place: Place, into: string, ...words: string[]): Promise<string> => {
  const said = await place.run('backup', into, '--json', ...words)
  assert.equal(said.code, 0, said.stderr)
  return said.json().folder
}

export const isIn = async (browser: Browser): Promise<boolean> => {
  const { status } = await browser.do('account.me')
  assert.ok(status === 200 || status === 401, String(status))
  return status === 200
}
