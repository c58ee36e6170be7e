import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Config, Db, Migrations, SettingsGroup } from '@latchkey/kit'
import { coreSettings } from '#platform/config/core.ts'
import { ConfigProblem, loadConfig, readAhead } from '#platform/config/load.ts'
import { InstallationProblem, installationFact } from '#platform/crypto/installation.ts'
import {
  KeyFileProblem,
  type KeyRing,
  keyFilePath,
  openKeyFile,
} from '#platform/crypto/key-file.ts'
import { ping } from '#platform/db/dialect.ts'
import { MigrationProblem, migrationState, unknownMigrations } from '#platform/db/migrate.ts'
import { networkShareOf, shareCure } from '#platform/db/network-share.ts'
import { openPostgres } from '#platform/db/open-postgres.ts'
import { openSqlite } from '#platform/db/open-sqlite.ts'
import { DatabaseTrouble } from '#platform/db/trouble.ts'
import { makeFolder } from '#platform/folders/make-folder.ts'
import { ListenProblem } from '#platform/http/serve.ts'

/** A mistake the operator can put right: its message is printed without a stack. */
export class StartProblem extends Error {}

const explained = [
  ConfigProblem,
  StartProblem,
  KeyFileProblem,
  MigrationProblem,
  InstallationProblem,
  ListenProblem,
]

/** True when the message itself says what to do, so that no stack has to be shown. */
export const isExplained = (error: unknown): error is Error =>
  error instanceof Error && explained.some((kind) => error instanceof kind)

/** Where an installation is looked for: the environment, and the folder that relative paths start from. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly folder: string
}

export type Settings = {
  readonly config: Config
  /** Absolute. */
  readonly dataDir: string
  /** File of the embedded database; null when the database is on a server. */
  readonly databaseFile: string | null
}

const readConfigFile = (folder: string): unknown => {
  const path = resolve(folder, 'latchkey.config.json')
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    throw new ConfigProblem([`${path} is not valid JSON. Correct it or remove it.`])
  }
}

/** The modules that the setting `modules` names. Read first, because these modules may declare settings. */
export const readModuleList = ({ env, folder }: Surroundings): readonly string[] =>
  readAhead(coreSettings, 'modules', { env, file: readConfigFile(folder) })

export const readSettings = (
  groups: readonly SettingsGroup[],
  { env, folder }: Surroundings,
): Settings => {
  const config = loadConfig(groups, { env, file: readConfigFile(folder) })
  const core = config.read(coreSettings)
  const dataDir = resolve(folder, core.dataDir)
  return { config, dataDir, databaseFile: core.databaseUrl ? null : join(dataDir, 'latchkey.db') }
}

export const prepareDataDir = (dataDir: string): void => {
  try {
    makeFolder(dataDir)
    readdirSync(dataDir)
    accessSync(dataDir, constants.W_OK)
  } catch {
    throw new StartProblem(
      `The data folder ${dataDir} cannot be written. Give this user the right to, or set LATCHKEY_DATA_DIR to another folder.`,
    )
  }
}

/** Leaves nothing open when there is no answer. */
const requireAnswer = async (db: Db): Promise<Db> => {
  try {
    await ping(db)
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
}

const reasonOf = (error: unknown): string => {
  const cause = error instanceof DatabaseTrouble ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}

const cureFor = (databaseFile: string): string => {
  const share = networkShareOf(dirname(databaseFile))
  return share
    ? `It lies on a network share (${share}), where SQLite does not work. ${shareCure}`
    : 'Restore it from a backup, or set LATCHKEY_DATA_DIR to another folder.'
}

/** Opens the database and tries it with one query. The database server lists the connection under `name`. */
export const openDatabase = async (
  { config, databaseFile }: Settings,
  name?: string,
): Promise<Db> => {
  const { databaseUrl } = config.read(coreSettings)
  try {
    const db = databaseFile ? openSqlite(databaseFile) : openPostgres(databaseUrl ?? '', { name })
    return await requireAnswer(db)
  } catch (error) {
    // The driver's message names host and reason. The address may carry a password, so it is not repeated.
    const reason = reasonOf(error)
    throw new StartProblem(
      databaseFile
        ? `The database ${databaseFile} cannot be opened: ${reason}. ${cureFor(databaseFile)}`
        : `The database cannot be reached: ${reason}. Check LATCHKEY_DATABASE_URL and that the server is running.`,
    )
  }
}

const requireNeverUsed = async (db: Db, dataDir: string): Promise<void> => {
  const tables = await db.introspection.getTables()
  if (!tables.some(({ name }) => name === 'installation')) return
  if ((await installationFact(db, 'key-file')) === null) return
  throw new InstallationProblem(
    `${keyFilePath(dataDir)} is missing. Put back the keys.json this database was used with: without it nobody can sign in.`,
  )
}

/**
 * Database and keys of a server, both made where there are none. A database that was used with keys is given no new ones:
 * they would open nothing, and lie in the way of the right ones.
 */
export const openStore = async (settings: Settings): Promise<{ db: Db; keys: KeyRing }> => {
  const { dataDir } = settings
  const known = existsSync(keyFilePath(dataDir)) ? openKeyFile(dataDir) : null
  const db = await openDatabase(settings)
  try {
    if (!known) await requireNeverUsed(db, dataDir)
    return { db, keys: known ?? openKeyFile(dataDir) }
  } catch (error) {
    await db.destroy()
    throw error
  }
}

/** Connection name of commands. The server's is `latchkey`, so an operator can tell the two apart. */
export const commandConnection = 'latchkey command'

const requireThere = (path: string): void => {
  if (!existsSync(path))
    throw new StartProblem(
      `There is no installation here: ${path} does not exist. Set LATCHKEY_DATA_DIR to its data folder, or make one with: latchkey migrate`,
    )
}

export type Installation = Settings & {
  readonly db: Db
  readonly keys: KeyRing
}

export type Opening = {
  /** Also accepts a database that still has to be upgraded. */
  readonly accepts?: 'older' | undefined
}

type Expected = {
  readonly settings: Settings
  readonly migrations: Migrations
}

/**
 * Opens an existing installation for a command. It creates nothing, and refuses a database that belongs to other keys or
 * to another version. The caller destroys `db`.
 */
export const openInstallation = async (
  { settings, migrations }: Expected,
  { accepts }: Opening,
): Promise<Installation> => {
  requireThere(keyFilePath(settings.dataDir))
  if (settings.databaseFile) requireThere(settings.databaseFile)
  const keys = openKeyFile(settings.dataDir)
  const db = await openDatabase(settings, commandConnection)
  try {
    const { pending, unknown } = await migrationState(db, migrations)
    if (unknown.length > 0)
      throw new StartProblem(Object.values(unknownMigrations(unknown)).join(' '))
    if (pending.length > 0 && accepts !== 'older')
      throw new StartProblem(
        'The database is not up to date with this version. Run: latchkey migrate',
      )
    const owner = await installationFact(db, 'key-file')
    if (owner !== null && owner !== keys.fingerprint)
      throw new InstallationProblem(
        'The key file does not belong to this database. Put back the keys.json this database was used with.',
      )
    return { ...settings, db, keys }
  } catch (error) {
    await db.destroy()
    throw error
  }
}
