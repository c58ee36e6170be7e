import assert from 'node:assert/strict'
import type { TestApp } from './app.ts'
import { Browser } from './client.ts'
import type { Person } from './people.ts'

/** A script with a key: no cookies, no origin, only what it was given. */
export class Program extends Browser {
  readonly #authorization: string

  constructor(app: TestApp, authorization: string) {
    super(app.url, app.app.door.registry, {})
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
