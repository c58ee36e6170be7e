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
    if (!/^\d{12}_[a-z0-9_]+$/.test(name))
      throw new Error(`migration "${name}" must look like 202611230900_words`)
    if (all[name]) throw new Error(`migration "${name}" exists twice`)
    all[name] = up
  }
  return all
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
  const migrator = new Migrator({
    db,
    provider,
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
    // Modules are developed side by side, so a newer one may be older by name.
    allowUnorderedMigrations: true,
  })
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
    throw new MigrationProblem(
      text.includes('missing')
        ? 'This database was used by a newer version. Start that version again, or restore a copy from before the upgrade.'
        : `The database could not be brought up to date; nothing was changed. ${text}`,
      error,
    )
  }
  return { applied: (results ?? []).map((one) => one.migrationName), copy }
}
