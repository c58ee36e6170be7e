import type { Db } from '@latchkey/kit'
import { Kysely, PostgresAdapter, PostgresDialect } from 'kysely'
import pg from 'pg'
import { type Renewing, WatchedPool } from './postgres-pool.ts'
import { DatabaseSignals, type Signalling } from './signals.ts'

/** Moments and counters are int8; all of ours fit a JavaScript number (2^53), so strings would only be a trap. */
const int8 = 20
const connectionsMax = 10

/**
 * Milliseconds, each shorter than the next, so that whoever waits gets the nearest reason: a lock gives up before the
 * requests behind it have waited for a connection in vain, and all of them before a page stops waiting (30 s).
 */
const timeLimits = {
  lock_timeout: 3000,
  connectionTimeoutMillis: 5000,
  // Better one failed request than a full pool.
  statement_timeout: 25_000,
  idle_in_transaction_session_timeout: 30_000,
  // Asked here and not of the server: its answer may never come, when the network or a host just goes away.
  query_timeout: 28_000,
}

/** How the server's own connections are called; a command that must be alone looks for them. */
export const serverConnection = 'latchkey'

class Adapter extends PostgresAdapter implements Signalling, Renewing {
  readonly signals: DatabaseSignals
  readonly renewConnections: () => void

  constructor(pool: WatchedPool) {
    super()
    this.signals = pool.signals
    this.renewConnections = () => pool.renew()
  }
}

class Dialect extends PostgresDialect {
  readonly #pool: WatchedPool

  constructor(pool: WatchedPool) {
    super({ pool })
    this.#pool = pool
  }

  override createAdapter(): PostgresAdapter {
    return new Adapter(this.#pool)
  }
}

/** Opens a pool. Nothing is contacted until the first query. The server lists its connections under `name`. */
export const openPostgres = (url: string, { name = serverConnection } = {}): Db => {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (oid, format) =>
      oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
  }
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types,
    application_name: name,
    ...timeLimits,
  })
  const dialect = new Dialect(new WatchedPool(pool, new DatabaseSignals()))
  return new Kysely<Record<never, never>>({ dialect })
}
