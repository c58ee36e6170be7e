import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Db, Migrations } from '@latchkey/kit'
import { Client } from 'pg'
import { settleFile } from '#platform/db/health.ts'
import { migrate } from '#platform/db/migrate.ts'
import { openPostgres } from '#platform/db/open-postgres.ts'
import { openSqlite } from '#platform/db/open-sqlite.ts'
import { createDatabase } from './postgres.ts'

export type Engine = 'sqlite' | 'postgres'

export type MigratedDatabase = {
  /** Each call is another handle, as another process would have. */
  readonly open: () => Db
  /** PostgreSQL address; null on SQLite. */
  readonly url: string | null
  readonly drop: () => Promise<void>
}

const templateLock = 7306
/** Set where the server ends with the run: what is made there for all files need not be cleared away. */
const isServerOurs = process.env.LATCHKEY_TEST_POSTGRES_OURS === '1'

/** The same for the same tables. Two lists of the same names may differ in what they do: an outside module's tests. */
const nameOf = (migrations: Migrations): string => {
  const hash = createHash('sha256')
  for (const [name, up] of Object.entries(migrations)) hash.update(`${name}\0${up}\0`)
  return `migrated_${hash.digest('hex').slice(0, 16)}`
}

const files = new Map<string, Promise<Buffer>>()

const migratedFile = async (migrations: Migrations): Promise<Buffer> => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-migrated-'))
  try {
    const path = join(folder, 'latchkey.db')
    const db = openSqlite(path)
    await migrate(db, migrations, null)
    await db.destroy()
    settleFile(path)
    return readFileSync(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const writeClosed = (path: string, content: Buffer): void => {
  const file = openSync(path, 'wx', 0o600)
  writeSync(file, content)
  closeSync(file)
}

const openFile = async (dataDir: string, migrations: Migrations): Promise<MigratedDatabase> => {
  const name = nameOf(migrations)
  const content = files.get(name) ?? migratedFile(migrations)
  files.set(name, content)
  const path = join(dataDir, 'latchkey.db')
  writeClosed(path, await content)
  return { open: () => openSqlite(path), url: null, drop: async () => undefined }
}

const migrateServer = async (url: string, migrations: Migrations): Promise<void> => {
  const db = openPostgres(url)
  try {
    await migrate(db, migrations, null)
  } finally {
    await db.destroy()
  }
}

/** Several processes may want it at once: one makes it, the others wait. It has its name only when it is complete. */
const makeTemplate = async (adminUrl: string, migrations: Migrations): Promise<string> => {
  const name = nameOf(migrations)
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    await admin.query('select pg_advisory_lock($1)', [templateLock])
    const known = await admin.query('select 1 from pg_database where datname = $1', [name])
    if (known.rowCount !== 0) return name
    const draft = await createDatabase(adminUrl)
    await migrateServer(draft.url, migrations)
    const draftName = new URL(draft.url).pathname.slice(1)
    await admin.query(`alter database ${draftName} rename to ${name}`)
    return name
  } finally {
    await admin.end()
  }
}

const templates = new Map<string, Promise<string>>()

const templateOf = (adminUrl: string, migrations: Migrations): Promise<string> => {
  const key = nameOf(migrations)
  const made = templates.get(key) ?? makeTemplate(adminUrl, migrations)
  templates.set(key, made)
  return made
}

const openServer = async (adminUrl: string, migrations: Migrations): Promise<MigratedDatabase> => {
  const template = isServerOurs ? await templateOf(adminUrl, migrations) : undefined
  const database = await createDatabase(adminUrl, template)
  if (!template) await migrateServer(database.url, migrations)
  return { ...database, open: () => openPostgres(database.url) }
}

/**
 * A database of its own for one product, migrated: a copy of one that was migrated once, in memory for SQLite, as a
 * template for PostgreSQL.
 */
export const migratedDatabase = (
  engine: Engine,
  dataDir: string,
  migrations: Migrations,
): Promise<MigratedDatabase> => {
  const adminUrl = process.env.LATCHKEY_TEST_POSTGRES_URL
  return engine === 'postgres' && adminUrl
    ? openServer(adminUrl, migrations)
    : openFile(dataDir, migrations)
}
