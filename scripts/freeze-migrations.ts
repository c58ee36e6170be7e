// `npm run freeze`: writes down what each migration does, so that one that was released never changes again.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Migrations } from '@latchkey/kit'
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { columnsOf, type Engine } from '#platform/db/dialect.ts'
import { createBuiltInProduct } from '#product'

const { migrations } = createBuiltInProduct()

export type Lock = Readonly<Record<string, Readonly<Record<Engine, string>>>>

const lockFile = new URL('../test/migrations.lock.json', import.meta.url)

const parts = {
  sqlite: [SqliteAdapter, SqliteQueryCompiler, SqliteIntrospector],
  postgres: [PostgresAdapter, PostgresQueryCompiler, PostgresIntrospector],
} as const

/** The statements a migration makes for one engine. Nothing is run: the driver answers every one with no rows. */
const statementsOf = async (up: Migrations[string], engine: Engine): Promise<readonly string[]> => {
  const said: string[] = []
  const [Adapter, Compiler, Introspector] = parts[engine]
  const db = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new Adapter(),
      createDriver: () => new DummyDriver(),
      createQueryCompiler: () => new Compiler(),
      createIntrospector: (inner) => new Introspector(inner),
    },
    log: ({ query }) => void said.push(JSON.stringify([query.sql, query.parameters])),
  })
  await up(db, columnsOf(engine))
  return said
}

const digest = (statements: readonly string[]): string =>
  createHash('sha256').update(statements.join('\n')).digest('hex').slice(0, 32)

export const recordMigrations = async (all: Migrations): Promise<Lock> => {
  const recorded: Record<string, Record<Engine, string>> = {}
  for (const name of Object.keys(all).sort()) {
    const up = all[name] as Migrations[string]
    recorded[name] = {
      sqlite: digest(await statementsOf(up, 'sqlite')),
      postgres: digest(await statementsOf(up, 'postgres')),
    }
  }
  return recorded
}

/** What became of the frozen ones, and which are not frozen yet. */
export const compareWithLock = (
  lock: Lock,
  now: Lock,
): {
  readonly changed: readonly string[]
  readonly gone: readonly string[]
  readonly fresh: readonly string[]
} => {
  const same = (name: string): boolean =>
    lock[name]?.sqlite === now[name]?.sqlite && lock[name]?.postgres === now[name]?.postgres
  return {
    changed: Object.keys(lock).filter((name) => now[name] && !same(name)),
    gone: Object.keys(lock).filter((name) => !now[name]),
    fresh: Object.keys(now).filter((name) => !lock[name]),
  }
}

export const readLock = (): Lock =>
  existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')) : {}

const freeze = async (): Promise<void> => {
  const now = await recordMigrations(migrations)
  const { changed, gone, fresh } = compareWithLock(readLock(), now)
  if (changed.length > 0 || gone.length > 0) {
    const lines = [
      ...changed.map((name) => `${name} was changed`),
      ...gone.map((name) => `${name} is gone`),
    ]
    process.stderr.write(
      `${lines.join('\n')}\nA frozen migration has run somewhere already. Write a new one instead.\n`,
    )
    process.exitCode = 1
    return
  }
  writeFileSync(lockFile, `${JSON.stringify(now, null, 2)}\n`)
  process.stdout.write(fresh.length > 0 ? `Frozen: ${fresh.join(', ')}\n` : 'Nothing new.\n')
}

if (import.meta.main) await freeze()
