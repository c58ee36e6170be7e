import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Browsing, fillSignIn, startBrowsing } from '#test/harness/browsing.ts'
import { freshCode, type Guarded, newcomer, newcomerWithApp } from '#test/harness/factors.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'
import type { Scene } from '#test/harness/scene.ts'

const profile = '/admin/account/profile'
const offerAddress = '**/api/v1/account/passkeys/offer'

describe('the suggestion to add a passkey', () => {
  let app: TestApp
  let browsing: Browsing
  let scene: Scene

  /** Signs in through the page, in a browser of its own. */
  const signIn = async (person: Person | Guarded, path = profile): Promise<Page> => {
    const page = await browsing.open(`/login?next=${encodeURIComponent(path)}`)
    await fillSignIn(page, { ...person, name: '' })
    if ('phone' in person)
      await page.getByLabel('Code from your authenticator app').fill(freshCode(app, person.phone))
    await page.waitForURL(`**${path}`)
    return page
  }
  const banner = (page: Page) => page.getByRole('complementary', { name: 'Suggestion' })
  const settled = (page: Page) => page.waitForLoadState('networkidle')

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    scene = { app, owner: await setUpOwner(app), engine: 'sqlite' }
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  test('comes after the password and a code; “not now” in one browser counts in all', async () => {
    const person = await newcomerWithApp(scene)
    const first = await signIn(person)
    await banner(first).getByText('Sign in faster next time').waitFor()
    const told = first.waitForResponse(`${offerAddress}/dismiss`)
    await banner(first).getByRole('button', { name: 'Not now' }).click()
    assert.equal((await told).status(), 200)
    assert.equal(await banner(first).count(), 0)
    await first.close()
    const second = await signIn(person)
    await second.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
    await settled(second)
    assert.equal(await banner(second).count(), 0)
    await second.close()
  })

  test('stays away from pages with a button of their own for it', async () => {
    const person = await newcomer(scene)
    for (const path of ['/admin/account/passkeys', '/admin/account/security']) {
      const page = await signIn(person, path)
      await page.getByText('Add a passkey').first().waitFor()
      await settled(page)
      assert.equal(await banner(page).count(), 0, path)
      await page.close()
    }
    const page = await signIn(person)
    await banner(page).waitFor()
    await page.close()
  })

  test('is silent while somebody is recovering the account', async () => {
    const person = await newcomer(scene)
    const owner = app.newBrowser()
    const { email, password } = scene.owner
    await owner.do('sign-in.start', { email, password })
    const started = await owner.do('recovery.start', { userId: person.userId })
    assert.equal(started.status, 200, started.text)
    const page = await browsing.open('/login')
    const asked = page.waitForResponse('**/api/v1/account/recovery')
    await fillSignIn(page, { ...person, name: '' })
    await asked
    await settled(page)
    assert.equal(await banner(page).count(), 0)
    await page.close()
  })

  test('never saw a page complain', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
