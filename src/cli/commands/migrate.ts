import { existsSync } from 'node:fs'
import { z } from 'zod'
import { openDatabase, openStore, prepareDataDir } from '#open'
import { claimInstallation } from '#platform/crypto/installation.ts'
import {
  type MigrationState,
  migrate,
  migrationState,
  unknownMigrations,
} from '#platform/db/migrate.ts'
import { ownCommand } from '../terminal.ts'

const textOf = (applied: readonly string[], copy: string | null): string[] => [
  ...(copy ? [`Database copied to ${copy} before the upgrade.`] : []),
  applied.length === 0
    ? 'The database is up to date.'
    : `The database is up to date now: ${applied.length} migrations were run.`,
]

const lookedAt = ({ pending, unknown }: Pick<MigrationState, 'pending' | 'unknown'>) => ({
  data: { pending, unknown },
  text: [
    ...(pending.length > 0 ? ['To be run:', ...pending.map((name) => `  ${name}`)] : []),
    ...(unknown.length > 0
      ? [unknownMigrations(unknown).message, ...unknown.map((name) => `  ${name}`)]
      : []),
    ...(pending.length + unknown.length > 0 ? [] : ['The database is up to date.']),
  ],
  hasProblem: pending.length + unknown.length > 0,
})

export const migrateDatabase = ownCommand({
  name: 'migrate',
  summary: 'Bring the database up to this version, making it when there is none',
  about: [
    'The server does the same when it starts. As a command of its own it lets you upgrade the database while nothing is served, and see that it works. The embedded database is copied beside itself first.',
    'Where nothing is yet it makes the data folder, the key file and an empty database.',
    'With --check nothing is changed: it says what would be run, and ends with 1 when there is anything.',
  ],
  options: { check: { summary: 'Only look.' } },
  examples: ['migrate', 'migrate --check --json'],
  input: z.object({ check: z.boolean().default(false) }),
  run: async (terminal, { check }) => {
    const { migrations, readSettings } = terminal.product
    const settings = readSettings(terminal)
    // Looking must not make a database.
    if (check && settings.databaseFile && !existsSync(settings.databaseFile))
      return lookedAt({ pending: Object.keys(migrations).sort(), unknown: [] })
    prepareDataDir(settings.dataDir)
    const { db, keys } = check
      ? { db: await openDatabase(settings), keys: null }
      : await openStore(settings)
    try {
      if (!keys) return lookedAt(await migrationState(db, migrations))
      const { applied, copy } = await migrate(db, migrations, settings.dataDir)
      await claimInstallation(db, keys.fingerprint, Date.now())
      return { data: { applied, copy }, text: textOf(applied, copy) }
    } finally {
      await db.destroy()
    }
  },
})
