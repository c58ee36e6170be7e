// The peer, as its own guide sets it up: e-mail and password, a database, Node's handler.
// Plain JavaScript, because its package is installed by `npm run bench` only: the type check of a fresh
// checkout must not need it.
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'

const port = Number(process.env.PORT)
const database = new DatabaseSync(process.env.BENCH_DATABASE ?? '')
// What we give ourselves; its documentation leaves both as they come.
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')

const options = {
  database,
  baseURL: `http://localhost:${port}`,
  secret: 'a secret of forty characters, for figures',
  emailAndPassword: { enabled: true },
  // Otherwise it would answer 429 to most of the run; ours is raised for the same reason.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
}
const { runMigrations } = await getMigrations(options)
await runMigrations()
const auth = betterAuth(options)
createServer(toNodeHandler(auth)).listen(port, '127.0.0.1')
