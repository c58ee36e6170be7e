import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Browsing, fillSignIn, openAs, startBrowsing } from '#test/harness/browsing.ts'
import { newcomer } from '#test/harness/factors.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'
import { assertRefused, fromElsewhere, type Scene } from '#test/harness/scene.ts'
import {
  plugInAuthenticator,
  type VirtualAuthenticator,
  withoutPasskeyAutofill,
} from '#test/harness/virtual-authenticator.ts'

type Holder = {
  readonly person: Person
  readonly page: Page
  readonly authenticator: VirtualAuthenticator
}

/** Asks the authenticator of the page for an answer to these options, as a page of any site can. */
const answerIn = (page: Page, options: unknown): Promise<Record<string, unknown>> =>
  page.evaluate(`(async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(options)})
    return (await navigator.credentials.get({ publicKey })).toJSON()
  })()`)

describe('a passkey in the wrong hands, or in one place only', () => {
  let app: TestApp
  let browsing: Browsing
  let scene: Scene
  let elsewhere: Server

  /** A user who added a passkey through the page, and is back at the sign-in page. */
  const newHolder = async (): Promise<Holder> => {
    const person = await newcomer(scene)
    const page = await openAs(browsing, person.browser, { path: '/admin/account/passkeys' })
    await withoutPasskeyAutofill(page)
    const authenticator = await plugInAuthenticator(page)
    await page.getByRole('button', { name: 'Add a passkey' }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click()
    await page.getByText('They are shown only now.').waitFor()
    // Adding it changed the value of the session; the person's own browser goes on with the new one.
    for (const { name, value } of await page.context().cookies())
      person.browser.cookies.set(name, value)
    await page.context().clearCookies()
    // The page would have the codes saved first.
    page.on('dialog', (dialog) => void dialog.accept())
    return { person, page, authenticator }
  }
  const pressButton = async ({ page }: Holder): Promise<void> => {
    await page.goto(`${app.url}/login`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  }
  const isInside = (page: Page) => page.waitForURL('**/admin/account/profile')

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    scene = { app, owner: await setUpOwner(app), engine: 'sqlite' }
    elsewhere = createServer((_, answer) => {
      answer.setHeader('content-type', 'text/html')
      answer.end('<!doctype html><title>Another site</title>')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  })

  after(async () => {
    elsewhere.close()
    elsewhere.closeAllConnections()
    await browsing.close()
    await app.stop()
  })

  test('a copy that lags behind is refused, and its owner reads about it', async () => {
    const holder = await newHolder()
    const { page, authenticator, person } = holder
    for (let use = 0; use < 2; use += 1) {
      await pressButton(holder)
      await isInside(page)
      await page.context().clearCookies()
    }
    const [original] = await authenticator.kept()
    assert.ok(original && original.signCount > 1)
    await authenticator.forget(original)
    await authenticator.keep({ ...original, signCount: 0 })
    await pressButton(holder)
    await page.getByText('That passkey did not sign you in.').waitFor()
    const status = await page.request.get(`${app.url}/api/v1/sign-in/status`)
    assert.equal((await status.json()).signedIn, false)
    const owner = await openAs(browsing, person.browser, { path: '/admin/account/security' })
    await owner.getByText('A passkey was not accepted').waitFor()
    await owner.close()
    await page.close()
  })

  test('a page on another port gets no challenge, and no answer it could pass on', async () => {
    const holder = await newHolder()
    const { page } = holder
    await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`)
    const asked = page.evaluate(
      (url) => fetch(url, { method: 'POST', credentials: 'include' }).then(({ status }) => status),
      `${app.url}/api/v1/sign-in/passkey/options`,
    )
    await assert.rejects(asked, /Failed to fetch/)
    // A thief fetches the challenge themselves and has it answered on their own page.
    const thief = app.newBrowser()
    const relay = async () => {
      const { body } = await thief.do('passkeys.sign-in-options', {}, fromElsewhere())
      const response = await answerIn(page, body.options)
      const input = { ceremonyId: body.ceremonyId, response }
      return thief.do('passkeys.sign-in', input, fromElsewhere())
    }
    assertRefused(await relay(), 401, 'passkeys.failed')
    // The same on the site's own page: it was the place and nothing else.
    await page.goto(`${app.url}/login`)
    const own = await relay()
    assert.equal(own.status, 200, own.text)
    await page.close()
  })

  test('one that was removed here but not there says what to do, and the password still works', async () => {
    const holder = await newHolder()
    const { page, person } = holder
    const { passkeys } = (await person.browser.do('passkeys.list')).body
    const removed = await person.browser.do('passkeys.remove', { passkeyId: passkeys[0].id })
    assert.equal(removed.status, 200, removed.text)
    await pressButton(holder)
    await page.getByText('This passkey is not known here any more.').waitFor()
    await fillSignIn(page, { ...person, name: '' })
    await isInside(page)
    await page.close()
  })

  test('one that was deleted there but not here is no fault, and another way still works', async () => {
    const holder = await newHolder()
    const { page, authenticator, person } = holder
    for (const passkey of await authenticator.kept()) await authenticator.forget(passkey)
    await pressButton(holder)
    await page.locator('button[aria-busy="false"]', { hasText: 'Sign in with a passkey' }).waitFor()
    assert.equal((await page.getByRole('alert').allTextContents()).join(''), '')
    await fillSignIn(page, { ...person, name: '' })
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    await page.close()
  })

  test('never saw a page complain', () => {
    const own = browsing.complaints().filter((complaint) => complaint.startsWith(app.url))
    assert.deepEqual(own, [])
  })
})
