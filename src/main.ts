import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config, Db, Log } from '@latchkey/kit'
import { createApp, defaultWebRoot, migrations, modules, settingsGroups } from '#app'
import { prepareSetup } from '#modules/sign-in/api.ts'
import { coreSettings, mailSettings } from '#platform/config/core.ts'
import { ConfigProblem, loadConfig } from '#platform/config/load.ts'
import { publicLink, publicOrigins } from '#platform/config/public-url.ts'
import { createContext, systemActor } from '#platform/context.ts'
import { claimInstallation, InstallationProblem } from '#platform/crypto/installation.ts'
import { KeyFileProblem, openKeyFile } from '#platform/crypto/key-file.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { ping } from '#platform/db/dialect.ts'
import { MigrationProblem, migrate } from '#platform/db/migrate.ts'
import { openPostgres } from '#platform/db/open-postgres.ts'
import { openSqlite } from '#platform/db/open-sqlite.ts'
import { ListenProblem, listen } from '#platform/http/serve.ts'
import { createLog, faultFacts } from '#platform/log/log.ts'

/** Something the operator can put right: printed as it is, without a stack. */
class StartProblem extends Error {}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const readConfigFile = (): unknown => {
  const path = resolve('latchkey.config.json')
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    throw new ConfigProblem([`${path} is not valid JSON. Correct it or remove it.`])
  }
}

const prepareDataDir = (dataDir: string): void => {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK)
  } catch {
    throw new StartProblem(
      `The data folder ${dataDir} cannot be written. Give this user the right to, or set LATCHKEY_DATA_DIR to another folder.`,
    )
  }
}

const openDatabase = async (config: Config, dataDir: string, log: Log): Promise<Db> => {
  const { databaseUrl } = config.read(coreSettings)
  try {
    const db = databaseUrl
      ? openPostgres(databaseUrl, (error) =>
          log.warn(faultFacts(error), 'a database connection was lost'),
        )
      : openSqlite(join(dataDir, 'latchkey.db'))
    await ping(db)
    return db
  } catch (error) {
    // The driver's words name host and reason; the address itself may carry a password and stays out.
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartProblem(
      databaseUrl
        ? `The database cannot be reached: ${reason}. Check LATCHKEY_DATABASE_URL and that the server is running.`
        : `The database ${join(dataDir, 'latchkey.db')} cannot be opened: ${reason}. Restore it from a backup, or set LATCHKEY_DATA_DIR to another folder.`,
    )
  }
}

const start = async (): Promise<void> => {
  const config = loadConfig(settingsGroups, { env: process.env, file: readConfigFile() })
  const core = config.read(coreSettings)
  const dataDir = resolve(core.dataDir)
  const [origin] = publicOrigins(core)
  const log = createLog(core.logLevel)
  prepareDataDir(dataDir)
  const keys = openKeyFile(dataDir)
  const db = await openDatabase(config, dataDir, log)
  const { applied, copy } = await migrate(db, migrations, dataDir)
  if (copy) say(`Database copied to ${copy} before the upgrade.`)
  if (applied.length > 0) log.info({ migrations: applied.length }, 'database brought up to date')
  const now = Date.now
  await claimInstallation(db, keys.fingerprint, now())
  const app = createApp({
    db,
    config,
    keys,
    log,
    now,
    random: createRandom(now),
    webRoot: defaultWebRoot,
    strict: false,
  })
  const system = createContext(app.ground, systemActor('start'))
  for (const module of modules) {
    const problem = await module.startCheck?.(system)
    if (problem) throw new StartProblem(problem)
  }
  const listening = await listen(app, core)
  const background = app.startBackground()
  const setupCode = await prepareSetup(system)
  say(`Latchkey is running at ${origin}`)
  if (setupCode) {
    say('Nobody has an account yet. Create the first one here:')
    say(`  ${publicLink(config, '/setup', { name: 'code', value: setupCode })}`)
  }
  if (!config.read(mailSettings).url)
    say(`Mails are written to ${join(dataDir, 'mail')} until LATCHKEY_MAIL_URL is set.`)
  stopOnSignal(log, async () => {
    for (const stream of app.door.streams.open) stream.close()
    await listening.stop()
    await background.stop()
    await db.destroy()
  })
}

const stopOnSignal = (log: Log, stop: () => Promise<void>): void => {
  let stopping = false
  const onSignal = (): void => {
    if (stopping) return
    stopping = true
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(faultFacts(error), 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  // A promise nobody waited for is a bug, not a reason to sign everybody out: say so and go on.
  process.on('unhandledRejection', (error) => log.error(faultFacts(error), 'unhandled rejection'))
}

const explained = [
  ConfigProblem,
  StartProblem,
  KeyFileProblem,
  MigrationProblem,
  InstallationProblem,
  ListenProblem,
]

start().catch((error: unknown) => {
  const known = error instanceof Error && explained.some((kind) => error instanceof kind)
  process.stderr.write(
    known
      ? `Latchkey cannot start.\n${error.message}\n`
      : `Latchkey cannot start.\n${error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exit(1)
})
