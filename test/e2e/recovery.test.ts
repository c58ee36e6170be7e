import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { mailDueRecoveries } from '#modules/recovery/jobs.ts'
import { createContext, systemActor } from '#platform/context.ts'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  assertAccessible,
  type Browsing,
  fillSignIn,
  openAs,
  startBrowsing,
} from '#test/harness/browsing.ts'
import { newcomer, newcomerWithApp } from '#test/harness/factors.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'
import { fromElsewhere, hours, minutes, type Scene } from '#test/harness/scene.ts'

const fresh = 'granite-lantern-47-orchard'

describe('a person who lost every way in', () => {
  let app: TestApp
  let browsing: Browsing
  let scene: Scene
  let person: Person
  let terminal: Page

  const linkTo = async ({ email }: Pick<Person, 'email'>, path: RegExp): Promise<string> =>
    (await app.mails()).findLast((mail) => mail.to === email && path.test(mail.link))?.link ?? ''
  const nameOf = async ({ browser }: Person): Promise<string> =>
    (await browser.do('account.me')).body.name
  /** Through the menu of the person's row; says what the dialog promises. */
  const startAtTerminal = async (name: string): Promise<string> => {
    await terminal.getByRole('button', { name: `Actions for ${name}` }).click()
    await terminal.getByRole('menuitem', { name: 'Start recovery' }).click()
    const dialog = terminal.getByRole('dialog')
    const facts = (await dialog.getByRole('listitem').allTextContents()).join(' ')
    await dialog.getByRole('button', { name: 'Start recovery' }).click()
    await terminal.getByText(`${name} was told.`).first().waitFor()
    return facts
  }

  before(async () => {
    app = await startApp({ engine: 'sqlite', settings: { LATCHKEY_TRUSTED_PROXIES: '1' } })
    browsing = await startBrowsing(app)
    scene = { app, owner: await setUpOwner(app), engine: 'sqlite' }
    person = await newcomerWithApp(scene)
    terminal = await openAs(browsing, scene.owner.browser, { path: '/admin/people' })
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  test('is told of it, and stops what they did not ask for', async () => {
    const facts = await startAtTerminal(await nameOf(person))
    for (const ended of ['authenticator apps', 'passkeys', 'recovery codes'])
      assert.ok(facts.includes(ended), `${ended} are not named to the operator`)
    for (const ended of ['access tokens', 'API key', 'SSH keys', 'signed out everywhere'])
      assert.ok(facts.includes(ended), `${ended} are not named to the operator`)
    const page = await openAs(browsing, person.browser, { path: '/admin/account/security' })
    await page.getByRole('heading', { name: 'Somebody is recovering your account' }).waitFor()
    assert.equal(await page.getByText('Nothing is left to do here.').count(), 0)
    const stopping = await browsing.open('/login')
    await stopping.goto(await linkTo(person, /\/stop-recovery#/))
    await stopping.getByRole('button', { name: 'Stop recovery' }).click()
    await stopping.getByRole('heading', { name: 'The recovery is stopped' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'What protects you' }).waitFor()
    await page.getByText('A recovery was stopped').waitFor()
    assert.equal(await page.getByText('Somebody is recovering your account').count(), 0)
    await page.close()
    await stopping.close()
  })

  test('gets back in after a day, and is told everything that ends with it', async () => {
    await terminal.reload()
    await startAtTerminal(await nameOf(person))
    app.clock.advance(hours(24))
    await mailDueRecoveries(createContext(app.app.services, systemActor('recovery.mail-due')))
    const page = await browsing.open('/login')
    await page.goto(await linkTo(person, /\/recover#/))
    await page
      .getByText('Your authenticator apps, passkeys and recovery codes are removed.')
      .waitFor()
    await page
      .getByText('Your access tokens, your API key and your SSH keys stop working.')
      .waitFor()
    await assertAccessible(page, 'recovering an account')
    await page.getByLabel('New password', { exact: true }).fill(fresh)
    await page.getByLabel('New password again').fill(fresh)
    await page.getByRole('button', { name: 'Recover account' }).click()
    await page.getByRole('heading', { name: 'Your account is yours again' }).waitFor()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await fillSignIn(page, { name: '', email: person.email, password: fresh })
    await page.waitForURL('**/admin/account/profile')
    await page.close()
  })

  test('ends the waiting after a stranger’s guesses with the link in the mail', async () => {
    const { email, password } = await newcomer(scene)
    const guess = () =>
      app.newBrowser().do('sign-in.start', { email, password: 'a wrong guess 1' }, fromElsewhere())
    for (let count = 0; count < 10; count += 1) {
      await guess()
      app.clock.advance(minutes(20))
    }
    await guess()
    const page = await browsing.open('/login')
    await fillSignIn(page, { name: '', email, password })
    await page.getByText('That was too often in a short time.').waitFor()
    const other = await browsing.open('/login')
    await other.goto(await linkTo({ email }, /\/unlock#/))
    await other.getByText('This link works once.').waitFor()
    await other.getByRole('button', { name: 'End the waiting' }).click()
    await other.getByRole('heading', { name: 'The waiting is over' }).waitFor()
    await other.close()
    await fillSignIn(page, { name: '', email, password })
    await page.waitForURL('**/admin/account/profile')
    await page.close()
  })

  test('never saw a page complain', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
