import { join } from 'node:path'
import type { Log } from '@latchkey/kit'
import { defaultWebRoot } from '#app'
import { prepareSetup } from '#modules/sign-in/api.ts'
import {
  isExplained,
  openStore,
  prepareDataDir,
  type Settings,
  StartProblem,
  type Surroundings,
} from '#open'
import { coreSettings, mailSettings } from '#platform/config/core.ts'
import { publicLink, publicOrigins } from '#platform/config/public-url.ts'
import { createContext, systemActor } from '#platform/context.ts'
import { claimInstallation } from '#platform/crypto/installation.ts'
import { hashesAtOnce } from '#platform/crypto/password-hash.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { migrate } from '#platform/db/migrate.ts'
import { choosePort, listen } from '#platform/http/serve.ts'
import { createLog, faultFacts } from '#platform/log/log.ts'
import { builtPagesProblem } from '#platform/modules/built-pages.ts'
import { pageOf } from '#platform/operations/page-roles.ts'
import { loadProduct, type Product } from '#product'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** Threads beyond those that hash: file reads, name look-ups and picture decoding must not wait behind a flood. */
const otherThreads = 3

const readStart = async ({ readSettings }: Product, where: Surroundings): Promise<Settings> => {
  const port = await choosePort(readSettings(where).config.read(coreSettings))
  return readSettings({ ...where, env: { ...where.env, PORT: String(port) } })
}

const start = async (): Promise<void> => {
  // Read when the first work reaches the pool, which happens below. With the default of 4, hashing could take all.
  process.env.UV_THREADPOOL_SIZE ??= String(hashesAtOnce + otherThreads)
  const where = { env: process.env, folder: process.cwd() }
  const { product, outside } = await loadProduct(where)
  const stale = builtPagesProblem(defaultWebRoot, outside)
  if (stale) throw new StartProblem(stale)
  const settings = await readStart(product, where)
  const { config, dataDir } = settings
  const core = config.read(coreSettings)
  const [origin] = publicOrigins(core)
  const log = createLog(core.logLevel)
  prepareDataDir(dataDir)
  const { db, keys } = await openStore(settings)
  const { applied, copy } = await migrate(db, product.migrations, dataDir)
  if (copy) say(`Database copied to ${copy} before the upgrade.`)
  if (applied.length > 0) log.info({ migrations: applied.length }, 'database brought up to date')
  const now = Date.now
  await claimInstallation(db, keys.fingerprint, now())
  const app = product.createApp({
    db,
    config,
    keys,
    log,
    now,
    random: createRandom(now),
    webRoot: defaultWebRoot,
    strict: false,
  })
  const system = createContext(app.services, systemActor('start'))
  for (const module of product.modules) {
    const problem = await module.startCheck?.(system)
    if (problem) throw new StartProblem(problem)
  }
  const listening = await listen(app, core)
  const background = app.startBackground()
  const setupCode = await prepareSetup(system)
  say(`Latchkey is running at ${origin}`)
  if (setupCode) {
    say('Nobody has an account yet. Create the first one here:')
    say(
      `  ${publicLink(config, pageOf(product.registry, 'set-up'), { name: 'code', value: setupCode })}`,
    )
  }
  const mail = config.read(mailSettings)
  if (mail.allowPlain) log.warn({ setting: 'mail.allowPlain' }, 'mails may go out without TLS')
  if (!mail.url)
    say(`Mails are written to ${join(dataDir, 'mail')} until LATCHKEY_MAIL_URL is set.`)
  stopOnSignal(log, async () => {
    for (const stream of app.runtime.streams.open) stream.close()
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
  // A rejection that was not awaited is a bug, but no reason to end every request under way: it is only logged.
  process.on('unhandledRejection', (error) => log.error(faultFacts(error), 'unhandled rejection'))
}

start().catch((error: unknown) => {
  process.stderr.write(
    isExplained(error)
      ? `Latchkey cannot start.\n${error.message}\n`
      : `Latchkey cannot start.\n${error instanceof Error ? error.stack : String(error)}\n`,
  )
  process.exit(1)
})
