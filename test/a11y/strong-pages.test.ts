import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { assertAccessible, type Browsing, openAs, startBrowsing } from '#test/harness/browsing.ts'
import { addApp, addPasskey, type Guarded, newcomerWithApp } from '#test/harness/factors.ts'
import { setUpOwner, signIn } from '#test/harness/people.ts'
import type { Scene } from '#test/harness/scene.ts'

/** A name that every user may choose. */
const longName = 'The old tablet that lies in the second drawer of the kitchen_'.concat(
  'x'.repeat(38),
)

const desktop = { viewport: { width: 1280, height: 800 }, colorScheme: 'light' } as const
const phone = { viewport: { width: 360, height: 740 }, colorScheme: 'dark' } as const
const looks = [
  { look: 'desktop, light', options: desktop, locale: 'en' },
  { look: 'phone, dark', options: phone, locale: 'en' },
  { look: 'phone, dark, right to left', options: phone, locale: 'ar' },
  { look: 'phone, dark, long words', options: phone, locale: 'en-XA' },
]

/** What each page shows once it has its content. */
const contentOf: Readonly<Record<string, string>> = {
  '/admin/account/two-factor': longName,
  '/admin/account/passkeys': longName,
  '/admin/account/security': 'Firefox',
}

describe('everybody can use the pages of strong sign-in when there is something on them', () => {
  let app: TestApp
  let browsing: Browsing
  let person: Guarded

  const open = async (path: string, options: object): Promise<Page> => {
    const page = await openAs(browsing, person.browser, { path, ...options })
    await page
      .getByText(contentOf[path.split('?')[0] ?? ''] ?? '')
      .first()
      .waitFor()
    return page
  }

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    const scene: Scene = { app, owner: await setUpOwner(app), engine: 'sqlite' }
    person = await newcomerWithApp(scene)
    await addApp(app, person.browser, { name: longName })
    await addPasskey(app, person.browser, { name: 'Key ring', userVerified: false })
    await addPasskey(app, person.browser, { name: longName, backupEligible: true })
    // The page shows all it can say: codes not saved, and a recovery under way.
    const operator = await signIn(app, scene.owner)
    await operator.do('recovery.start', { userId: person.userId })
  })

  after(async () => {
    await browsing.close()
    await app.stop()
  })

  for (const { look, options, locale } of looks)
    test(look, async () => {
      for (const path of Object.keys(contentOf)) {
        const page = await open(`${path}?locale=${locale}`, options)
        await assertAccessible(page, `${path}: ${look}`)
        await page.close()
      }
    })

  test('renaming and typing a code back, on a phone', async () => {
    const page = await open('/admin/account/two-factor', phone)
    await page.getByRole('button', { name: `Rename ${longName}` }).click()
    await assertAccessible(page, 'renaming an app')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Confirm they are saved' }).click()
    await page.getByLabel('One of your recovery codes').waitFor()
    await assertAccessible(page, 'typing a recovery code back')
    await page.close()
  })

  test('confirming it is you with more than one way, on a phone', async () => {
    app.clock.advance(11 * 60 * 1000)
    const page = await open('/admin/account/two-factor', phone)
    await page.getByRole('button', { name: 'Issue new codes' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Issue new codes' }).click()
    const dialog = page.getByRole('dialog', { name: 'Confirm it is you' })
    await dialog.getByRole('button', { name: 'Use your passkey' }).waitFor()
    await assertAccessible(page, 'confirming with a passkey')
    await dialog.getByRole('button', { name: 'Use your authenticator app' }).click()
    await dialog.getByLabel('Code from your authenticator app').waitFor()
    await assertAccessible(page, 'confirming with a code')
    await page.close()
  })
})
