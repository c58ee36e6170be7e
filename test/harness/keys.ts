import assert from 'node:assert/strict'
import type { TestApp } from './app.ts'
import { Browser } from './client.ts'
import type { Person } from './people.ts'

/** A script with a key: no cookies, no origin, only what it was given. */
export class Program extends Browser {
  readonly #authorization: string

  constructor(app: TestApp, authorization: string) {
    super(app.url, app.app.runtime.registry, {})
    this.#authorization = authorization
  }

  override headers(method: string): Record<string, string> {
    const { host = '' } = super.headers(method)
    return { host, 'user-agent': 'curl/8.14.1', authorization: this.#authorization }
  }
}

export const withToken = (app: TestApp, token: string): Program =>
  new Program(app, `Bearer ${token}`)

export type MadeToken = { readonly token: string; readonly id: string }

/** Creates a token the way the page does. The session has to be fresh. */
export const makeToken = async (
  { browser }: Pick<Person, 'browser'>,
  input: { readonly name?: string; readonly scopes?: readonly string[] } & Record<
    string,
    unknown
  > = {},
): Promise<MadeToken> => {
  const made = await browser.do('access-tokens.create', { name: 'Deploy', ...input })
  assert.equal(made.status, 200, made.text)
  return { token: made.body.token, id: made.body.accessToken.id }
}

type Row = Readonly<Record<string, unknown>>

/** Many at once, written beside the first: creating them one by one would meet the limit of an hour. */
export const makeTokens = async (app: TestApp, person: Person, count: number): Promise<string> => {
  const { id } = await makeToken(person)
  const tables = app.db.withTables<{ access_tokens: Row }>()
  const made = await tables
    .selectFrom('access_tokens')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const copies = Array.from({ length: count - 1 }, (_, index) => ({
    ...made,
    id: `tok_${person.userId.slice(4)}${index}`,
    token_hash: Buffer.from(`${person.userId} ${index}`),
  }))
  await tables
    .insertInto('access_tokens')
    .values(copies as never)
    .execute()
  return id
}

/** An API key in the header a program chooses: alone, or behind its owner's address. */
export const withApiKey = (app: TestApp, key: string, email?: string): Program =>
  new Program(app, email === undefined ? `Bearer ${key}` : `Basic ${btoa(`${email}:${key}`)}`)

export type MadeKey = { readonly key: string; readonly id: string }

/** Creates the API key the way the page does. The session has to be fresh. */
export const makeApiKey = async ({ browser }: Pick<Person, 'browser'>): Promise<MadeKey> => {
  const made = await browser.do('api-key.create')
  assert.equal(made.status, 200, made.text)
  return { key: made.body.key, id: made.body.apiKey.id }
}
