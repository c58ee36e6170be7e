import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import jsQrModule from 'jsqr'
import { Secret, TOTP, URI } from 'otpauth'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { engines, startApp, type TestApp } from '#test/harness/app.ts'
import {
  ada,
  assertAccessible,
  type Browsing,
  fillSignIn,
  setUpInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'
import {
  plugInAuthenticator,
  type VirtualAuthenticator,
} from '#test/harness/virtual-authenticator.ts'

/** The package is CommonJS; which of the two holds the function depends on who loads it. */
const decodeQr = ('default' in jsQrModule ? jsQrModule.default : jsQrModule) as unknown as (
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
) => { readonly data: string } | null

const readQr = async (page: Page): Promise<string> => {
  const shot = await page.getByRole('img', { name: /QR code/ }).screenshot()
  const { data, info } = await sharp(shot)
    .extend({ top: 40, bottom: 40, left: 40, right: 40, background: '#ffffff' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return decodeQr(new Uint8ClampedArray(data), info.width, info.height)?.data ?? ''
}

/** What Chromium's authenticator calls itself. */
const softwareAaguid = '01020304-0506-0708-0102-030405060708'

const iconOf = (width: number): string => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="8"><rect width="8" height="8" style="fill:#0f766e"/></svg>`
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}

/** Runs in the page; throws for a picture that cannot be shown. */
const widthOf = async (element: object): Promise<number> => {
  const image = element as { decode: () => Promise<void>; naturalWidth: number }
  await image.decode()
  return image.naturalWidth
}

/** An operator's list of providers that knows this browser's authenticator: 11 pixels wide on light, 12 on dark. */
const writeProviders = (folder: string): string => {
  const path = join(folder, 'providers.json')
  const entry = { name: 'Harbour Vault', icon_light: iconOf(11), icon_dark: iconOf(12) }
  writeFileSync(path, JSON.stringify({ [softwareAaguid]: entry }))
  return path
}

const signOut = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /your menu/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL('**/login?*')
}

/** Copies the codes off the panel and types one back, as the panel asks for. */
const saveCodes = async (page: Page): Promise<readonly string[]> => {
  const dialog = page.getByRole('dialog')
  await dialog.getByText('They are shown only now.').waitFor()
  // biome-ignore lint/performance/useDomNodeTextContent: only what is laid out keeps the codes apart
  const text = await dialog.innerText()
  const codes = [
    ...new Set(
      text.match(/\b(?:10|[1-9])-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\b/g) ?? [],
    ),
  ]
  assert.equal(codes.length, 10)
  await dialog.getByRole('button', { name: 'I have saved them' }).click()
  await page.getByLabel('One of your recovery codes').fill(codes[3] ?? '')
  await dialog.getByRole('button', { name: 'Confirm', exact: true }).click()
  await page.getByText('Your recovery codes are saved.').waitFor()
  return codes
}

for (const engine of engines)
  describe(`a person who wants more than a password (${engine})`, () => {
    let app: TestApp
    let browsing: Browsing
    let page: Page
    let secret = ''
    let codes: readonly string[] = []
    let authenticator: VirtualAuthenticator
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-strong-'))

    const pressButton = async (): Promise<void> => {
      await authenticator.touch(true)
      // Should autofill be slower still than that, it is touched instead, and the button is gone before the click.
      await page
        .getByRole('button', { name: 'Sign in with a passkey' })
        .click({ timeout: 3000 })
        .catch(() => undefined)
    }

    const signInByButton = async (): Promise<void> => {
      await authenticator.touch(false)
      const offered = page.waitForResponse('**/api/v1/sign-in/passkey/options')
      await signOut(page)
      await offered
      // Autofill has been told and waits, untouched; only what the button asks for now is touched.
      await page.waitForTimeout(1000)
      await pressButton()
      await page.waitForURL('**/admin/account/profile')
    }

    const codeNow = (): string =>
      new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: app.clock.now() })

    /** A code works once, so the next one waits for the next half minute. */
    const nextCode = (): string => {
      app.clock.advance(31_000)
      return codeNow()
    }

    before(async () => {
      const settings = { LATCHKEY_PASSKEYS_PROVIDERS: writeProviders(folder) }
      app = await startApp({ engine, settings })
      browsing = await startBrowsing(app)
      page = await setUpInBrowser(app, browsing)
    })

    after(async () => {
      await browsing.close()
      await app.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    test('adds an authenticator app by its picture and saves the recovery codes', async () => {
      await page.goto(`${app.url}/admin/account/two-factor`)
      await page.getByRole('button', { name: 'Add an authenticator app' }).first().click()
      const dialog = page.getByRole('dialog')
      const uri = await readQr(page)
      const scanned = URI.parse(uri)
      assert.ok(scanned instanceof TOTP)
      assert.equal(scanned.label, ada.email)
      assert.equal(scanned.issuer, 'Acme Harbour')
      secret = scanned.secret.base32
      await dialog.getByText('Set up by hand').click()
      const byHand = ((await dialog.textContent()) ?? '').replaceAll(/\s/g, '')
      assert.ok(byHand.includes(secret), 'the values for typing are those of the picture')
      await assertAccessible(page, 'adding an authenticator app')
      await dialog.getByLabel('Code the app shows now').fill('000000')
      await dialog.getByRole('button', { name: 'Add app' }).click()
      await dialog.getByText(/That code is not right/).waitFor()
      await dialog.getByLabel('Code the app shows now').fill(codeNow())
      await dialog.getByRole('button', { name: 'Add app' }).click()
      codes = await saveCodes(page)
      await page.getByText('Your password alone is not enough').waitFor()
    })

    test('is asked for a code after the password, and a used one is refused', async () => {
      await signOut(page)
      await fillSignIn(page)
      await page.getByRole('heading', { name: 'One more step' }).waitFor()
      await assertAccessible(page, 'the second step')
      await page.getByLabel('Code from your authenticator app').fill('123456')
      await page.getByText(/This code is not right/).waitFor()
      await page.reload()
      await page.getByRole('heading', { name: 'One more step' }).waitFor()
      await page.getByLabel('Code from your authenticator app').fill(nextCode())
      await page.waitForURL('**/admin/account/profile')
    })

    test('gets in with a recovery code when the phone is not at hand', async () => {
      await signOut(page)
      await fillSignIn(page)
      await page.getByRole('heading', { name: 'One more step' }).waitFor()
      await page.getByText('Use another way').click()
      const choice = page.getByRole('button', { name: 'Use a recovery code' })
      if (await choice.isVisible()) await choice.click()
      await page.getByLabel('Recovery code', { exact: true }).fill(codes[5] ?? '')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/admin/account/profile')
      const mail = (await app.mails()).findLast((one) => one.subject === 'A recovery code was used')
      assert.match(mail?.text ?? '', /9 are left/)
    })

    test('adds a passkey and signs in with nothing else', async () => {
      authenticator = await plugInAuthenticator(page)
      await page.goto(`${app.url}/admin/account/passkeys`)
      await page.getByRole('button', { name: 'Add a passkey' }).first().click()
      await page.getByRole('dialog').getByLabel('Name (optional)').fill('This laptop')
      await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click()
      await page.getByText('“This laptop” was added.').first().waitFor()
      await signInByButton()
    })

    test('sees who keeps the passkey, drawn for light and for dark', async () => {
      await page.goto(`${app.url}/admin/account/passkeys`)
      const row = page.getByRole('listitem').filter({ hasText: 'This laptop' })
      await row.getByText('Harbour Vault').waitFor()
      for (const [colorScheme, width] of [
        ['light', 11],
        ['dark', 12],
      ] as const) {
        await page.emulateMedia({ colorScheme })
        await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor()
        const shown = row.locator('img:visible')
        assert.equal(await shown.count(), 1)
        assert.equal(await shown.evaluate(widthOf), width)
      }
      await page.emulateMedia({ colorScheme: null })
    })

    test('is offered the passkey in the address field, and touching it is enough', async () => {
      await signOut(page)
      await page.waitForURL('**/admin/account/profile')
    })

    test('confirms it is them with the passkey, and what waited happens', async () => {
      app.clock.advance(11 * 60 * 1000)
      await page.goto(`${app.url}/admin/account/two-factor`)
      await page.getByRole('button', { name: 'Issue new codes' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Issue new codes' }).click()
      const dialog = page.getByRole('dialog', { name: 'Confirm it is you' })
      await dialog.getByRole('button', { name: 'Use your passkey' }).click()
      codes = await saveCodes(page)
    })

    test('forgets the password, and the link alone is not enough', async () => {
      await authenticator.touch(false)
      const other = await browsing.open('/forgot-password')
      await other.getByLabel('E-mail address').fill(ada.email)
      await other.getByRole('button', { name: 'Send link' }).click()
      await other.getByRole('heading', { name: 'Check your mail' }).waitFor()
      const mail = (await app.mails()).findLast((one) => one.subject === 'Choose a new password')
      await other.goto(mail?.link ?? '')
      await other.getByLabel('New password', { exact: true }).fill('marble-otter-77-lantern')
      await other.getByLabel('New password again').fill('marble-otter-77-lantern')
      await other.getByRole('button', { name: 'Change password' }).click()
      await other.getByText('Use another way').click()
      const choice = other.getByRole('button', { name: 'Use your authenticator app' })
      if (await choice.isVisible()) await choice.click()
      await other.getByLabel('Code from your authenticator app').fill(nextCode())
      await other.getByRole('heading', { name: 'Your password is changed' }).waitFor()
    })

    test('sees on one page what protects the account', async () => {
      // The new password ended every session, and the open page left by itself; the passkey brings this browser back.
      await page.waitForURL('**/login?*')
      await pressButton()
      await page.waitForURL('**/admin/account/two-factor')
      await page.goto(`${app.url}/admin/account/security`)
      await page.getByRole('heading', { name: 'What protects you' }).waitFor()
      await page.getByText('Signed in').first().waitFor()
      await assertAccessible(page, 'the check-up of a protected account')
    })

    test('removes the passkey, and the browser no longer gets in with it', async () => {
      await page.goto(`${app.url}/admin/account/passkeys`)
      await page.getByRole('button', { name: /^Remove passkey: / }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Remove passkey' }).click()
      await page.getByText('You have no passkey yet.').waitFor()
      await signOut(page)
      // Told by the Signal API, the authenticator may have forgotten the passkey; then there is nothing to offer.
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
      await page
        .locator('button[aria-busy="false"]', { hasText: 'Sign in with a passkey' })
        .waitFor()
      assert.match(page.url(), /\/login/)
      const status = await page.request.get(`${app.url}/api/v1/sign-in/status`)
      assert.equal(((await status.json()) as { signedIn: boolean }).signedIn, false)
      await fillSignIn(page, { ...ada, password: 'marble-otter-77-lantern' })
      await page.getByRole('heading', { name: 'One more step' }).waitFor()
    })

    test('never saw a page complain', () => {
      assert.deepEqual(browsing.complaints(), [])
    })
  })
