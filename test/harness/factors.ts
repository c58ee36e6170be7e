import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import type { Role } from '#modules/person/contract.ts'
import type { TestApp } from './app.ts'
import type { Answer, Browser } from './client.ts'
import { createPerson, type Person } from './people.ts'
import { fromElsewhere, type Scene } from './scene.ts'
import {
  type Knobs,
  type RegistrationKnobs,
  type SoftPasskey,
  SoftwareAuthenticator,
} from './software-authenticator.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 §6. */
export const fromBase32 = (text: string): Buffer => {
  const bits = [...text]
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** RFC 6238 by the book, and not by the library the product uses. */
export const codeAt = (secret: string | Uint8Array, at: number): string => {
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const key = typeof secret === 'string' ? fromBase32(secret) : secret
  const mac = createHmac('sha1', key).update(step).digest()
  const offset = (mac.at(-1) ?? 0) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

export type SoftApp = { readonly id: string; readonly secret: string; readonly name: string }

/** A code that was not used before: a code works once, so the clock goes on to the next step. */
export const freshCode = (app: TestApp, { secret }: Pick<SoftApp, 'secret'>): string => {
  app.clock.advance(30_000)
  return codeAt(secret, app.clock.now())
}

/** Certainly none of the right ones. */
export const wrongCode = (app: TestApp, { secret }: Pick<SoftApp, 'secret'>): string => {
  const right = [-1, 0, 1].map((step) => codeAt(secret, app.clock.now() + step * 30_000))
  return ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code)) ?? ''
}

const succeeded = (answer: Answer): Answer => {
  assert.equal(answer.status, 200, answer.text)
  return answer
}

let people = 0
/** A new person who has just joined, with a password alone. */
export const newcomer = ({ app }: Scene, role: Role = 'member'): Promise<Person> => {
  people += 1
  return createPerson(app, `Person${people}`, role)
}

/** Adds an authenticator app the way the page does. The session has to be fresh. */
export const addApp = async (
  app: TestApp,
  browser: Browser,
  input: { readonly name?: string; readonly replaces?: string } = {},
): Promise<SoftApp & { readonly codes: readonly string[] | null }> => {
  const { name = 'Phone', ...rest } = input
  const { body: setup } = succeeded(await browser.do('two-factor.begin'))
  const code = codeAt(setup.secret, app.clock.now())
  const { body } = succeeded(
    await browser.do('two-factor.confirm', { setupId: setup.setupId, code, name, ...rest }),
  )
  return { id: body.authenticator.id, secret: setup.secret, name, codes: body.recoveryCodes }
}

export type Guarded = Person & { readonly phone: SoftApp; readonly codes: readonly string[] }

/** A new person with an authenticator app and recovery codes, signed in. */
export const newcomerWithApp = async (scene: Scene, role: Role = 'member'): Promise<Guarded> => {
  const person = await newcomer(scene, role)
  const { codes, ...phone } = await addApp(scene.app, person.browser)
  return { ...person, phone, codes: codes ?? [] }
}

/** The password is right; the second step waits in this browser. */
export const startPending = async (
  app: TestApp,
  person: Pick<Person, 'email' | 'password'>,
  browser = app.newBrowser(),
): Promise<Browser> => {
  const { email, password } = person
  const { body } = succeeded(
    await browser.do('sign-in.start', { email, password }, fromElsewhere()),
  )
  assert.equal(body.next, 'second-factor')
  return browser
}

export const finishWith = (browser: Browser, method: string, proof: string): Promise<Answer> =>
  browser.do('sign-in.finish', { method, proof }, fromElsewhere())

export const signInWithCode = async (app: TestApp, person: Guarded): Promise<Browser> => {
  const browser = await startPending(app, person)
  succeeded(await finishWith(browser, 'totp', freshCode(app, person.phone)))
  return browser
}

export const confirmWith = (browser: Browser, method: string, proof: string): Promise<Answer> =>
  browser.do('sign-in.confirm', { method, proof })

export type KeyHolder = {
  readonly authenticator: SoftwareAuthenticator
  readonly passkey: SoftPasskey
  readonly passkeyId: string
  readonly codes: readonly string[] | null
}

/** What the browser sends back for a new passkey, and the passkey itself. */
export const offerPasskey = async (
  app: Pick<TestApp, 'url'>,
  browser: Browser,
  { name, ...knobs }: RegistrationKnobs & { readonly name?: string } = {},
) => {
  const { body } = succeeded(await browser.do('passkeys.begin'))
  const authenticator = new SoftwareAuthenticator(app.url)
  const { passkey, response } = authenticator.create(body.options, knobs)
  const input = { ceremonyId: body.ceremonyId, response, ...(name ? { name } : {}) }
  return { authenticator, passkey, input, options: body.options }
}

export const addPasskey = async (
  app: TestApp,
  browser: Browser,
  knobs: RegistrationKnobs & { readonly name?: string } = {},
): Promise<KeyHolder> => {
  const { authenticator, passkey, input } = await offerPasskey(app, browser, knobs)
  const { body } = succeeded(await browser.do('passkeys.register', input))
  return { authenticator, passkey, passkeyId: body.passkey.id, codes: body.recoveryCodes }
}

type Holder = Pick<KeyHolder, 'authenticator' | 'passkey'>

/** What the browser sends to sign in with a passkey, made from a challenge of its own. */
export const offerSignIn = async (
  browser: Browser,
  { authenticator, passkey }: Holder,
  knobs: Knobs = {},
) => {
  const { body } = succeeded(await browser.do('passkeys.sign-in-options', {}, fromElsewhere()))
  const response = authenticator.get(body.options, passkey, knobs)
  return { ceremonyId: body.ceremonyId as string, response }
}

export const signInWithPasskey = async (
  browser: Browser,
  holder: Holder,
  knobs: Knobs = {},
): Promise<Answer> =>
  browser.do('passkeys.sign-in', await offerSignIn(browser, holder, knobs), fromElsewhere())

/** The proof a passkey gives where a second step or a confirmation is asked for. */
export const passkeyProof = (
  challenge: { readonly ceremonyId: string; readonly options: Readonly<Record<string, unknown>> },
  { authenticator, passkey }: Holder,
  knobs: Knobs = {},
): string =>
  JSON.stringify({
    ceremonyId: challenge.ceremonyId,
    response: authenticator.get(challenge.options, passkey, knobs),
  })

export const confirmWithPasskey = async (
  browser: Browser,
  holder: Holder,
  knobs: Knobs = {},
): Promise<Answer> => {
  const asked = succeeded(await browser.do('sign-in.confirm-challenge', { method: 'passkey' }))
  return confirmWith(browser, 'passkey', passkeyProof(asked.body.challenge, holder, knobs))
}
