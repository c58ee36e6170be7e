import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Db } from '@latchkey/kit'
import { type App, defaultWebRoot } from '#app'
import { organisationName } from '#modules/person/api.ts'
import { prepareSetup } from '#modules/sign-in/api.ts'
import { loadConfig } from '#platform/config/load.ts'
import { createContext, systemActor } from '#platform/context.ts'
import { claimInstallation } from '#platform/crypto/installation.ts'
import { openKeyFile } from '#platform/crypto/key-file.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { listen } from '#platform/http/serve.ts'
import { createLog } from '#platform/log/log.ts'
import { letterWork } from '#platform/mail/letters.ts'
import { createMailer, type Mailer } from '#platform/mail/mailer.ts'
import { workOffDue } from '#platform/work/worker.ts'
import type { Product } from '#product'
import { Browser } from './client.ts'
import { type Engine, migratedDatabase } from './databases.ts'
import { dataFolder } from './folders.ts'
import { type HashingCost, withHashing } from './hashing.ts'
import { writeSharedKeys } from './installation-keys.ts'
import { type ReadMail, readMails } from './mails.ts'
import { product as builtIn } from './product.ts'

export type { Engine }

const adminUrl = process.env.LATCHKEY_TEST_POSTGRES_URL

/** Both engines in a full run; the fast subset leaves PostgreSQL out by not starting one. */
export const engines: readonly Engine[] = adminUrl ? ['sqlite', 'postgres'] : ['sqlite']

/** Time is real but can be moved: rules read it from here, nothing else is fake. */
export type Clock = { readonly now: () => number; readonly advance: (ms: number) => void }

const createClock = (): Clock => {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    advance: (ms) => {
      offset += ms
    },
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

export type TestApp = {
  readonly url: string
  readonly engine: Engine
  readonly product: Product
  readonly app: App
  readonly db: Db
  readonly clock: Clock
  readonly dataDir: string
  /** PostgreSQL address of this app's own database; null on SQLite. */
  readonly databaseUrl: string | null
  /** Every line the product logged. */
  readonly logLines: string[]
  readonly setupCode: string
  readonly keyFingerprint: string
  /** Another browser: its own cookies, its own user agent. */
  readonly newBrowser: (options?: { readonly userAgent?: string }) => Browser
  /** Does the work that is due now and returns every mail so far, oldest first. */
  readonly mails: () => Promise<readonly ReadMail[]>
  readonly stop: () => Promise<void>
}

const kindsOf = ({ modules }: Product, mailer: Mailer) => [
  letterWork(mailer),
  ...modules.flatMap((module) => module.work ?? []),
]

type Options = {
  readonly engine: Engine
  readonly settings?: Readonly<Record<string, string>>
  /** `productWith(…)`, for modules from outside beside the built-in ones. */
  readonly product?: Product
  /** Pages that were built apart. */
  readonly webRoot?: string
  /** By default all installations of a process have one key file, so that one hash of a password is right in each. */
  readonly hasOwnKeys?: boolean
  /** By default quick; the settings of the cost count for the real one. */
  readonly hashing?: HashingCost
}

/** Tests are one address making many requests; the guards have tests of their own. */
const roomForTests = {
  LATCHKEY_LIMITS_REQUESTS_PER_ADDRESS: '100000',
  LATCHKEY_LIMITS_GUESSES_PER_ADDRESS: '100000',
  LATCHKEY_LIMITS_REQUESTS_PER_KEY: '100000',
}

/** The whole product on a port of its own with an empty database of its own, over real HTTP. */
export const startApp = async ({
  engine,
  settings = {},
  product = builtIn,
  webRoot = defaultWebRoot,
  hasOwnKeys = false,
  hashing = 'quick',
}: Options): Promise<TestApp> => {
  const dataDir = dataFolder('latchkey-test-')
  const database = await migratedDatabase(engine, dataDir, product.migrations)
  const port = await freePort()
  const url = `http://localhost:${port}`
  const loaded = loadConfig(product.settingsGroups, {
    env: {
      PORT: String(port),
      LATCHKEY_DATA_DIR: dataDir,
      LATCHKEY_PUBLIC_URL: url,
      ...roomForTests,
      ...settings,
    },
  })
  const config = withHashing(loaded, hashing)
  const clock = createClock()
  const logLines: string[] = []
  const log = createLog('debug', { write: (line) => logLines.push(line) })
  const db = database.open()
  if (!hasOwnKeys) writeSharedKeys(dataDir)
  const keys = openKeyFile(dataDir)
  await claimInstallation(db, keys.fingerprint, clock.now())
  const app = product.createApp({
    db,
    config,
    keys,
    log,
    now: clock.now,
    random: createRandom(clock.now),
    webRoot,
    strict: true,
  })
  const system = createContext(app.services, systemActor('test'))
  const setupCode = (await prepareSetup(system)) ?? ''
  const listening = await listen(app, { host: '127.0.0.1', port })
  const mailer = createMailer({
    config,
    log,
    dataDir,
    publicUrl: url,
    texts: product.mailTexts(),
    letterhead: () => organisationName(db),
  })
  return {
    url,
    engine,
    product,
    app,
    db,
    clock,
    dataDir,
    logLines,
    setupCode,
    keyFingerprint: keys.fingerprint,
    databaseUrl: database.url,
    newBrowser: (options = {}) => new Browser(url, app.runtime.registry, options),
    mails: async () => {
      await workOffDue(system, kindsOf(product, mailer))
      return readMails(dataDir)
    },
    stop: async () => {
      for (const stream of app.runtime.streams.open) stream.close()
      await listening.stop()
      await db.destroy()
      await database.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
