import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'

/**
 * The least that "who is this?" can cost: the same hash of the cookie or token, the same join on the same rows, the
 * same JSON. No limits, no checks of origin, no security headers, no metrics, no log.
 */
const db = new DatabaseSync(process.env.BENCH_DATABASE ?? '', { readOnly: true })
const findSession = db.prepare(`
  select sessions.id, sessions.user_id, sessions.credential_epoch, sessions.proven,
    sessions.authenticated_at, sessions.strong_at, sessions.active_at, sessions.idle_ms,
    sessions.expires_at, people.credential_epoch as person_epoch, people.disabled_at, people.name,
    people.email, people.role, people.picture_version, organisations.id as organisation_id,
    organisations.name as organisation_name
  from sessions
  inner join people on people.id = sessions.user_id
  inner join organisations on organisations.id = people.organisation_id
  where sessions.token_hash = ? and sessions.ended_at is null`)
const findToken = db.prepare(`
  select access_tokens.id, access_tokens.user_id, access_tokens.scopes, access_tokens.expires_at,
    access_tokens.last_used_at, people.disabled_at, people.name, people.email, people.role,
    people.picture_version, organisations.id as organisation_id, organisations.name as organisation_name
  from access_tokens
  inner join people on people.id = access_tokens.user_id
  inner join organisations on organisations.id = people.organisation_id
  where access_tokens.token_hash = ? and access_tokens.revoked_at is null`)
const permissions = JSON.parse(process.env.BENCH_PERMISSIONS ?? '[]') as string[]

type Row = Readonly<Record<string, string>> & {
  readonly expires_at: number | null
  readonly authenticated_at?: number
}

const iso = (moment: number | null | undefined): string | null =>
  moment ? new Date(moment).toISOString() : null

const answerFor = (row: Row): string =>
  JSON.stringify({
    userId: row.user_id,
    name: row.name,
    email: row.email,
    pictureUrl: null,
    organisation: { id: row.organisation_id, name: row.organisation_name },
    role: row.role,
    credential: {
      kind: 'session',
      scopes: 'all',
      expiresAt: iso(row.expires_at),
      authenticatedAt: iso(row.authenticated_at),
    },
    permissions,
  })

createServer((request, response) => {
  const { cookie = '', authorization } = request.headers
  const value =
    authorization?.slice('Bearer '.length) ?? /(?:^|; )latchkey=([^;]+)/.exec(cookie)?.[1]
  const find = authorization === undefined ? findSession : findToken
  const row = find.get(hash('sha256', value ?? '', 'buffer')) as Row | undefined
  const body = row ? answerFor(row) : '{}'
  response.writeHead(row ? 200 : 401, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
