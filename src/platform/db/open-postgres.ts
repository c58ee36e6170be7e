import type { Db } from '@latchkey/kit'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'

/** Moments and counters are int8; all of ours fit a JavaScript number (2^53), so strings would only be a trap. */
const int8 = 20
const connectionsMax = 10

/** How the server's own connections are called; a command that must be alone looks for them. */
export const serverConnection = 'latchkey'

const ignore = (): void => undefined

/** Opens a pool. Nothing is contacted until the first query. */
export const openPostgres = (
  url: string,
  onLostConnection: (error: Error) => void,
  name = serverConnection,
): Db => {
  const types: pg.CustomTypesConfig = {
    getTypeParser: (oid, format) =>
      oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
  }
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    types,
    application_name: name,
    // A statement that runs this long is a fault; better one failed request than a full pool.
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
  })
  // Node ends the process for an `error` event without a listener. A lost connection raises several on its client, which
  // the pool listens to only while the client is idle, and one on the pool when it was. The first is enough to log.
  pool.on('connect', (client) => {
    client.once('error', onLostConnection)
    client.on('error', ignore)
  })
  pool.on('error', ignore)
  return new Kysely<Record<never, never>>({ dialect: new PostgresDialect({ pool }) })
}
