import { join } from 'node:path'
import type { Db, Migrations } from '@latchkey/kit'
import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { columnsOf, copyBeside, engineOf } from './dialect.ts'

export class MigrationProblem extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'MigrationProblem'
  }
}

/** All modules' migrations under one order: their keys begin with the UTC minute they were written. */
export const collectMigrations = (lists: readonly Migrations[]): Migrations => {
  const all: Record<string, Migrations[string]> = {}
  for (const [name, up] of lists.flatMap((list) => Object.entries(list))) {
    if (!/^\d{12}_[a-z0-9_]+(@[a-z0-9-]+)?$/.test(name))
      throw new Error(`migration "${name}" must look like 202611230900_words`)
    if (all[name]) throw new Error(`migration "${name}" exists twice`)
    all[name] = up
  }
  return all
}

/** Of a module from outside: its name is kept with each, so that a database can say what it was used with. */
export const migrationsOf = (module: string, migrations: Migrations): Migrations =>
  Object.fromEntries(Object.entries(migrations).map(([name, up]) => [`${name}@${module}`, up]))

/** What it means that a database has run these, which are not known here, and what to do. */
export const unknownMigrations = (
  unknown: readonly string[],
): { readonly message: string; readonly advice: string } => {
  const modules = [...new Set(unknown.flatMap((name) => name.split('@').slice(1)))]
  const [first] = modules
  if (first === undefined)
    return {
      message: 'This database was used by a newer version.',
      advice: 'Start that version again, or restore a copy from before the upgrade.',
    }
  return {
    message: `This database was used with the module ${modules.join(' and the module ')}, which is not installed now.`,
    advice: `Put ${modules.length === 1 ? 'it' : 'them'} back into the setting modules (LATCHKEY_MODULES): what was stored there, and what it protects, would be left out otherwise.`,
  }
}

const migratorOf = (db: Db, migrations: Migrations): Migrator => {
  const columns = columnsOf(engineOf(db))
  const provider = {
    getMigrations: async (): Promise<Record<string, Migration>> =>
      Object.fromEntries(
        Object.entries(migrations).map(([name, up]) => [
          name,
          { up: (trx: Kysely<unknown>) => up(trx, columns) },
        ]),
      ),
  }
  return new Migrator({
    db,
    provider,
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
    // Modules are developed side by side, so a newer one may be older by name.
    allowUnorderedMigrations: true,
  })
}

export type MigrationState = {
  readonly applied: readonly string[]
  /** Of this version, and not yet run. */
  readonly pending: readonly string[]
  /** Run by another version, and not known to this one. */
  readonly unknown: readonly string[]
}

/** Looks without changing anything; an empty database has everything pending. */
export const migrationState = async (db: Db, migrations: Migrations): Promise<MigrationState> => {
  const known = await migratorOf(db, migrations).getMigrations()
  const [has, not] = [known.filter((one) => one.executedAt), known.filter((one) => !one.executedAt)]
  const applied = has.length > 0 ? await appliedMigrations(db) : []
  return {
    applied,
    pending: not.map((one) => one.name),
    unknown: applied.filter((name) => !migrations[name]),
  }
}

/** Names of what was run on a database that has been migrated at least once, in order of name. */
export const appliedMigrations = async (db: Db): Promise<readonly string[]> => {
  const rows = await db
    .withTables<{ migrations: { name: string } }>()
    .selectFrom('migrations')
    .select('name')
    .orderBy('name')
    .execute()
  return rows.map((row) => row.name)
}

/**
 * Brings the database up to this version. Several processes may start at once: one migrates, the others wait.
 * `copyTo` is where the embedded database is copied first, when there is something to lose.
 */
export const migrate = async (
  db: Db,
  migrations: Migrations,
  copyTo: string | null,
): Promise<{ readonly applied: readonly string[]; readonly copy: string | null }> => {
  const migrator = migratorOf(db, migrations)
  let copy: string | null = null
  if (copyTo && engineOf(db) === 'sqlite') {
    const known = await migrator.getMigrations()
    const done = known.filter((one) => one.executedAt).length
    if (done > 0 && done < known.length) {
      copy = join(copyTo, `before-migration-${Date.now()}.db`)
      await copyBeside(db, copy)
    }
  }
  const { error, results } = await migrator.migrateToLatest()
  if (error) {
    const text = error instanceof Error ? error.message : String(error)
    const isUnknown = text.includes('missing')
    const unknown = isUnknown ? (await migrationState(db, migrations)).unknown : []
    const { message, advice } = unknownMigrations(unknown)
    throw new MigrationProblem(
      isUnknown
        ? `${message} ${advice}`
        : `The database could not be brought up to date; nothing was changed. ${text}`,
      error,
    )
  }
  return { applied: (results ?? []).map((one) => one.migrationName), copy }
}
