import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Browsing, openAs, startBrowsing } from '#test/harness/browsing.ts'
import { newcomerWithApp } from '#test/harness/factors.ts'
import { setUpOwner } from '#test/harness/people.ts'
import type { Scene } from '#test/harness/scene.ts'

const path = '/admin/account/two-factor'

describe('a person who is handed recovery codes', () => {
  let app: TestApp
  let browsing: Browsing
  let scene: Scene
  let page: Page
  let email: string
  let codes: readonly string[]

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    scene = { app, owner: await setUpOwner(app), engine: 'sqlite' }
    const person = await newcomerWithApp(scene)
    email = person.email
    page = await openAs(browsing, person.browser, { path, viewport: { width: 360, height: 740 } })
    await page.getByRole('button', { name: 'Issue new codes' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Issue new codes' }).click()
    const list = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
    await list.last().waitFor()
    codes = await list.allInnerTexts()
    assert.equal(codes.length, 10)
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  test('finds every way to keep them on the screen of a phone, no button alone on a line by chance', async () => {
    const boxes = await Promise.all(
      ['Copy codes', 'Download', 'Print'].map((name) =>
        page.getByRole('button', { name, exact: true }).boundingBox(),
      ),
    )
    const [copy, download, print] = boxes
    assert.ok(copy && download && print)
    assert.equal(download.y, print.y)
    assert.ok(copy.y + copy.height < download.y)
    for (const box of [copy, download, print]) assert.ok(box.x >= 0 && box.x + box.width <= 360)
  })

  test('downloads them with the address of the site, whose they are and since when', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ])
    assert.match(download.suggestedFilename(), /^latchkey-recovery-codes-\d{4}-\d\d-\d\d\.txt$/)
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n')
    assert.equal(lines[0], 'Recovery codes for Acme')
    assert.equal(lines[1], `Site: ${app.url}`)
    assert.equal(lines[2], `Account: ${email}`)
    assert.match(lines[3] ?? '', /^Issued: .+\d{4}/)
    assert.deepEqual(lines.slice(5, 15), codes)
  })

  test('prints them and nothing of the page', async () => {
    await page.evaluate('window.print = () => { window.printed = (window.printed ?? 0) + 1 }')
    await page.getByRole('button', { name: 'Print' }).click()
    assert.equal(await page.evaluate('window.printed'), 1)
    await page.emulateMedia({ media: 'print' })
    // biome-ignore lint/performance/useDomNodeTextContent: only what is laid out goes to the printer
    const paper = await page.locator('body').innerText()
    await page.emulateMedia({ media: 'screen' })
    for (const wanted of [...codes, `Site: ${app.url}`, `Account: ${email}`, 'Issued: '])
      assert.ok(paper.includes(wanted), `${wanted} is not on the paper`)
    for (const unwanted of ['Print', 'Authenticator apps', 'I have saved them'])
      assert.ok(!paper.includes(unwanted), `${unwanted} is on the paper`)
  })

  test('closes without confirming, and is asked again until one of them was typed back', async () => {
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Close anyway' }).click()
    await page.getByText('You have not confirmed that these codes are saved.').waitFor()
    await page.goto(`${app.url}/admin/account/security`)
    await page.getByRole('button', { name: /^Confirm they are saved/ }).click()
    const field = page.getByLabel('One of your recovery codes')
    await field.fill('1-aaaa-aaaa-aaaa-aaaa')
    await page.getByRole('button', { name: 'Confirm', exact: true }).click()
    await page.getByText('This is not one of the codes that are left.').waitFor()
    await page.keyboard.press('Escape')
    await page.goto(`${app.url}${path}`)
    await page.getByRole('button', { name: 'Confirm they are saved' }).click()
    await field.fill(codes[7] ?? '')
    await page.getByRole('button', { name: 'Confirm', exact: true }).click()
    await page.getByText('Your recovery codes are saved.').waitFor()
    await page.getByText('You have not confirmed that').waitFor({ state: 'detached' })
    assert.equal(await page.getByRole('button', { name: 'Confirm they are saved' }).count(), 0)
  })

  test('never saw a page complain', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
