import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import type { Actor, Config, Context, Db, Keys, Random, System } from '@latchkey/kit'
import { loadConfig } from '#platform/config/load.ts'
import { createContext, type Services, systemActor } from '#platform/context.ts'
import { openKeyFile } from '#platform/crypto/key-file.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { openPostgres } from '#platform/db/open-postgres.ts'
import { openSqlite } from '#platform/db/open-sqlite.ts'
import { createLog } from '#platform/log/log.ts'
import { type Engine, engines } from './app.ts'
import { type MigratedDatabase, migratedDatabase } from './databases.ts'
import { dataFolder } from './folders.ts'
import { type HashingCost, withHashing } from './hashing.ts'
import { createDatabase } from './postgres.ts'
import { product } from './product.ts'

const { migrations, settingsGroups, registry } = product

/** What the platform stands on, without the product on top: an empty, migrated database, a key file and settings, all of them real. */
export type Basis = {
  readonly engine: Engine
  readonly db: Db
  /** Another handle to the same database, as a second process would have. */
  readonly openAgain: () => Db
  readonly dataDir: string
  readonly keys: Keys & { readonly fingerprint: string }
  readonly random: Random
  readonly config: Config
  readonly services: Services
  readonly ctx: Context<System>
  readonly as: <A extends Actor>(actor: A) => Context<A>
  readonly clock: { readonly now: () => number; readonly advance: (ms: number) => void }
  readonly logLines: string[]
  /** How often a commit queued work. */
  readonly woken: () => number
  readonly stop: () => Promise<void>
}

export type BasisOptions = {
  readonly settings?: Readonly<Record<string, string>>
  /** False leaves the database as empty as it was made. */
  readonly isMigrated?: boolean
  readonly hashing?: HashingCost
}

const openEngine = async (
  engine: Engine,
  dataDir: string,
  { isMigrated = true }: BasisOptions,
): Promise<Pick<MigratedDatabase, 'open' | 'drop'>> => {
  if (isMigrated) return migratedDatabase(engine, dataDir, migrations)
  if (engine === 'sqlite')
    return { open: () => openSqlite(join(dataDir, 'latchkey.db')), drop: async () => undefined }
  const database = await createDatabase(process.env.LATCHKEY_TEST_POSTGRES_URL ?? '')
  return { open: () => openPostgres(database.url), drop: database.drop }
}

export const openBasis = async (engine: Engine, options: BasisOptions = {}): Promise<Basis> => {
  const dataDir = dataFolder('latchkey-basis-')
  const { open, drop } = await openEngine(engine, dataDir, options)
  const opened: Db[] = []
  const openAgain = (): Db => {
    const db = open()
    opened.push(db)
    return db
  }
  const db = openAgain()
  let offset = 0
  const now = (): number => Date.now() + offset
  const logLines: string[] = []
  const keys = openKeyFile(dataDir)
  const random = createRandom(now)
  const env = { LATCHKEY_DATA_DIR: dataDir, ...options.settings }
  const config = withHashing(loadConfig(settingsGroups, { env }), options.hashing ?? 'quick')
  const log = createLog('debug', { write: (line) => logLines.push(line) })
  let woken = 0
  const wakeWork = (): void => {
    woken += 1
  }
  const { catalogue } = registry
  const services: Services = { db, now, random, config, log, keys, catalogue, wakeWork }
  return {
    ...{ engine, db, openAgain, dataDir, keys, random, config, services, logLines },
    ctx: createContext(services, systemActor('test')),
    as: (actor) => createContext(services, actor),
    clock: {
      now,
      advance: (ms) => {
        offset += ms
      },
    },
    woken: () => woken,
    stop: async () => {
      for (const one of opened) await one.destroy()
      await drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** The same tests on each engine, over one database that lives as long as they do. */
export const onEachBasis = (
  title: string,
  body: (held: { basis: Basis }) => void,
  options: BasisOptions = {},
): void => {
  for (const engine of engines) {
    describe(`${title} (${engine})`, () => {
      const held = {} as { basis: Basis }
      before(async () => {
        held.basis = await openBasis(engine, options)
      })
      after(() => held.basis?.stop())
      body(held)
    })
  }
}

/** A person who is signed in, as far as the platform can tell. */
export const personActor = (userId: string, client: Partial<Actor['client']> = {}): Actor => ({
  kind: 'session',
  client: {
    address: '198.51.100.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    hints: {},
    device: null,
    pending: null,
    requestId: 'req_test',
    ...client,
  },
  userId,
  name: 'Ada',
  email: 'ada@example.com',
  pictureVersion: null,
  role: 'owner',
  organisation: { id: 'org_1', name: 'Acme' },
  permissions: new Set(['account.view']),
  scopes: 'all',
  credentialId: 'ses_1',
  expiresAt: null,
  assurance: { methods: ['password'], authenticatedAt: Date.now(), strongAt: 0 },
})

/** Rows of any table, for looking at what was really written. */
export const rowsOf = async (db: Db, table: string): Promise<Record<string, unknown>[]> =>
  (await db
    .withTables<Record<string, Record<string, unknown>>>()
    .selectFrom(table)
    .selectAll()
    .execute()) as Record<string, unknown>[]
