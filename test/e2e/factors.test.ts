import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Browsing, openAs, startBrowsing } from '#test/harness/browsing.ts'
import { addApp, addPasskey } from '#test/harness/factors.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'

const phone = { viewport: { width: 360, height: 740 } }

/** What can be pressed has to be there to be pressed. */
const assertInView = async (page: Page, name: string): Promise<void> => {
  const box = await page.getByRole('button', { name, exact: true }).boundingBox()
  assert.ok(box && box.x >= 0 && box.x + box.width <= phone.viewport.width, `${name} is cut off`)
}

describe('a person who keeps their factors in order', () => {
  let app: TestApp
  let browsing: Browsing
  let owner: Person

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    owner = await setUpOwner(app)
    await addApp(app, owner.browser, { name: 'Phone of Ada' })
    await addApp(app, owner.browser, { name: 'Tablet' })
    await addPasskey(app, owner.browser, { backupEligible: true, name: 'Key ring' })
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
      const page = await openAs(browsing, owner.browser, { path, ...phone })
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

  test('never saw a page complain', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
