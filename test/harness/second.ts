import { defaultWebRoot } from '#app'
import { loadConfig } from '#platform/config/load.ts'
import { openKeyFile } from '#platform/crypto/key-file.ts'
import { createRandom } from '#platform/crypto/random.ts'
import { openPostgres } from '#platform/db/open-postgres.ts'
import { listen } from '#platform/http/serve.ts'
import { createLog } from '#platform/log/log.ts'
import type { TestApp } from './app.ts'
import { Browser } from './client.ts'
import { hashingOf, withHashing } from './hashing.ts'

export type SecondApp = {
  readonly url: string
  /** A browser at this process with the cookies of one at the other: what a load balancer makes of it. */
  readonly twinOf: (browser: Browser) => Browser
  readonly stop: () => Promise<void>
}

/**
 * Another process of the same product on the same PostgreSQL, as behind a load balancer: a pool, a registry, limiters and
 * streams of its own. Nothing but the database and the key file is shared.
 */
export const startBeside = async (first: TestApp): Promise<SecondApp> => {
  if (!first.databaseUrl) throw new Error('the embedded database belongs to one process')
  const loaded = loadConfig(first.product.settingsGroups, {
    env: {
      LATCHKEY_DATA_DIR: first.dataDir,
      LATCHKEY_PUBLIC_URL: first.url,
      LATCHKEY_LIMITS_REQUESTS_PER_ADDRESS: '100000',
      LATCHKEY_TRUSTED_PROXIES: '1',
    },
  })
  const config = withHashing(loaded, hashingOf(first.app.services.config))
  const db = openPostgres(first.databaseUrl)
  const { now } = first.clock
  const app = first.product.createApp({
    db,
    config,
    keys: openKeyFile(first.dataDir),
    log: createLog('debug', { write: (line) => first.logLines.push(line) }),
    now,
    random: createRandom(now),
    webRoot: defaultWebRoot,
    strict: true,
  })
  const listening = await listen(app, { host: '127.0.0.1', port: 0 })
  const url = `http://localhost:${listening.port}`
  return {
    url,
    twinOf: (browser) => {
      const twin = new Browser(url, app.runtime.registry, {})
      for (const [name, value] of browser.cookies) twin.cookies.set(name, value)
      return twin
    },
    stop: async () => {
      for (const stream of app.runtime.streams.open) stream.close()
      await listening.stop()
      await db.destroy()
    },
  }
}
