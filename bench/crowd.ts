import { hash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { newKey } from '../src/platform/crypto/key-format.ts'
import { createRandom } from '../src/platform/crypto/random.ts'

const random = createRandom(Date.now)
/** As many different credentials are asked with, in a large table as in a small one: only the table differs. */
const askedMax = 1000
const sessionsPerPerson = 10
/** Ahead of now: a note of use is written once a minute at the most, and this is not what is measured. */
const notedAheadMs = 3_600_000

type Row = Record<string, unknown>

/** Writes copies of one row that already exists, `change` applied to each. */
const copies = (
  db: DatabaseSync,
  { table, count }: { readonly table: string; readonly count: number },
  change: (index: number) => Row,
): void => {
  const sample = db.prepare(`select * from ${table} limit 1`).get() as Row
  const columns = Object.keys(sample)
  const insert = db.prepare(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  )
  for (let index = 0; index < count; index++) {
    const row = { ...sample, ...change(index) }
    insert.run(...columns.map((column) => row[column] as string))
  }
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer')

/** Files with one request header a line, to ask with. */
export type Crowd = { readonly cookies: string; readonly tokens: string }

/**
 * Fills an installation that is not running with people, sessions and access tokens, as many as `count` of the last
 * two. It must hold one of each already.
 */
export const fillCrowd = (dataDir: string, count: number): Crowd => {
  const db = new DatabaseSync(join(dataDir, 'latchkey.db'))
  const people = Math.ceil(count / sessionsPerPerson)
  const noted = Date.now() + notedAheadMs
  const personOf = (index: number): string => `usr_bench${index % people}`
  const asked = { cookies: [] as string[], tokens: [] as string[] }
  const every = Math.max(1, Math.floor(count / askedMax))
  db.exec('begin')
  copies(db, { table: 'people', count: people }, (index) => ({
    id: personOf(index),
    email: `bench${index}@example.com`,
    username: null,
  }))
  copies(db, { table: 'sessions', count }, (index) => {
    const value = randomBytes(32).toString('base64url')
    if (index % every === 0) asked.cookies.push(`cookie: latchkey=${value}`)
    return {
      id: `ses_bench${index}`,
      user_id: personOf(index),
      token_hash: sha256(value),
      active_at: noted,
    }
  })
  copies(db, { table: 'access_tokens', count }, (index) => {
    const value = newKey(random, 'cfp_')
    if (index % every === 0) asked.tokens.push(`authorization: Bearer ${value}`)
    return {
      id: `tok_bench${index}`,
      user_id: personOf(index),
      token_hash: sha256(value),
      last_used_at: noted,
    }
  })
  db.exec('commit')
  db.exec('pragma wal_checkpoint(truncate)')
  db.close()
  const files = { cookies: join(dataDir, 'cookies.txt'), tokens: join(dataDir, 'tokens.txt') }
  writeFileSync(files.cookies, asked.cookies.join('\n'))
  writeFileSync(files.tokens, asked.tokens.join('\n'))
  return files
}
