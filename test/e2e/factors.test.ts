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

  const namesOf = async (): Promise<readonly string[]> => {
    const { body } = await ada.browser.do('two-factor.read')
    return body.authenticators.map((one: { name: string }) => one.name)
  }

  test('puts the apps into another order with the arrow keys, and by dragging', async () => {
    const page = await openAs(browsing, ada.browser, { path: '/admin/account/two-factor' })
    const stored = () => page.waitForResponse('**/api/v1/account/two-factor/order')
    const handle = (name: string) => page.getByRole('button', { name: `Move ${name}, position` })
    const byKey = stored()
    await handle('Old phone').focus()
    await page.keyboard.press('ArrowDown')
    await page.getByText('Old phone is now at position 2 of 2.').waitFor({ state: 'attached' })
    await byKey
    assert.deepEqual(await namesOf(), ['Tablet', 'Old phone'])
    const byMouse = stored()
    const [from, to] = [
      await handle('Old phone').boundingBox(),
      await handle('Tablet').boundingBox(),
    ]
    assert.ok(from && to)
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
    await page.mouse.down()
    await page.mouse.move(to.x + to.width / 2, to.y, { steps: 8 })
    await page.mouse.up()
    await byMouse
    assert.deepEqual(await namesOf(), ['Old phone', 'Tablet'])
    await page.close()
  })

  test('replaces an app: the old one works until the new one has shown a code', async () => {
    const page = await openAs(browsing, ada.browser, { path: '/admin/account/two-factor' })
    await page.getByRole('button', { name: 'Actions for Tablet' }).click()
    await page.getByRole('menuitem', { name: 'Replace' }).click()
    const dialog = page.getByRole('dialog', { name: 'Replace “Tablet”' })
    await dialog.getByText('keeps working until the new app is confirmed').waitFor()
    assert.deepEqual(await namesOf(), ['Old phone', 'Tablet'])
    await dialog.getByText('Set up by hand').click()
    const secret = (await dialog.textContent())?.replaceAll(/\s/g, '').match(/[A-Z2-7]{32}/)?.[0]
    await dialog.getByLabel('Name', { exact: true }).fill('New tablet')
    await dialog.getByLabel('Code the app shows now').fill(freshCode(app, { secret: secret ?? '' }))
    await dialog.getByRole('button', { name: 'Replace app' }).click()
    await page.getByText('“New tablet” took the place of “Tablet”.').first().waitFor()
    const shown = page.getByRole('list', { name: 'Authenticator apps' }).getByRole('listitem')
    assert.match((await shown.allTextContents()).join(' '), /^Old phone.*New tablet/)
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
