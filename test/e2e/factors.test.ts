import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Browsing, openAs, startBrowsing } from '#test/harness/browsing.ts'
import {
  addApp,
  addPasskey,
  freshCode,
  newcomer,
  newcomerWithApp,
  wrongCode,
} from '#test/harness/factors.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'
import { minutes, type Scene } from '#test/harness/scene.ts'

const phone = { viewport: { width: 360, height: 740 } }

/** What can be pressed has to be there to be pressed. */
const assertInView = async (page: Page, name: string): Promise<void> => {
  const box = await page.getByRole('button', { name, exact: true }).boundingBox()
  assert.ok(box && box.x >= 0 && box.x + box.width <= phone.viewport.width, `${name} is cut off`)
}

describe('a person who keeps their factors in order', () => {
  let app: TestApp
  let browsing: Browsing
  let scene: Scene
  let ada: Person

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    scene = { app, owner: await setUpOwner(app, 'Olga'), engine: 'sqlite' }
    ada = await newcomer(scene)
    await addApp(app, ada.browser, { name: 'Phone of Ada' })
    await addApp(app, ada.browser, { name: 'Tablet' })
    await addPasskey(app, ada.browser, { backupEligible: true, name: 'Key ring' })
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  for (const [path, name, renamed] of [
    ['/admin/account/two-factor', 'Phone of Ada', 'Old phone'],
    ['/admin/account/passkeys', 'Key ring', 'House keys'],
  ] as const)
    test(`renames “${name}” on a phone: everything that is needed is on the screen`, async () => {
      const page = await openAs(browsing, ada.browser, { path, ...phone })
      await page.getByRole('button', { name: `Rename ${name}` }).click()
      const field = page.getByLabel(`New name of ${name}`)
      const box = await field.boundingBox()
      assert.ok(box && box.width >= 160 && box.x + box.width <= 360, 'the field is cut off')
      await assertInView(page, 'Save')
      await assertInView(page, 'Cancel')
      await field.fill(renamed)
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByRole('button', { name: `Rename ${renamed}` }).waitFor()
      await page.close()
    })

  test('confirms it is them with a code that is sent by itself, and is told why a wrong one was refused', async () => {
    const someone = await newcomerWithApp(scene)
    app.clock.advance(minutes(11))
    const page = await openAs(browsing, someone.browser, { path: '/admin/account/two-factor' })
    await page.getByRole('button', { name: 'Issue new codes' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Issue new codes' }).click()
    const dialog = page.getByRole('dialog', { name: 'Confirm it is you' })
    const field = dialog.getByLabel('Code from your authenticator app')
    await field.fill(wrongCode(app, someone.phone))
    await dialog.getByText('This code is not right, or it was used already.').waitFor()
    const others = dialog.getByRole('region', { name: 'Use another way' }).getByRole('button')
    assert.deepEqual(await others.allInnerTexts(), ['Use a recovery code'])
    await field.fill(freshCode(app, someone.phone))
    await page.getByText('They are shown only now.').waitFor()
    await page.close()
  })

  test('never saw a page complain', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
