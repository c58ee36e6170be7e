import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { startApp, type TestApp } from '#test/harness/app.ts'
import {
  ada,
  assertAccessible,
  type Browsing,
  setUpInBrowser,
  signInInBrowser,
  startBrowsing,
} from '#test/harness/browsing.ts'
import { freshKey, lineOf, mpint, rsaNumbers, wire } from '#test/harness/ssh-keys.ts'

const path = '/admin/account/ssh-keys'

describe('a person whose servers ask for their SSH keys', () => {
  let app: TestApp
  let browsing: Browsing
  let page: Page
  const sent: string[] = []
  const laptop = freshKey('ada@laptop')

  before(async () => {
    app = await startApp({ engine: 'sqlite' })
    browsing = await startBrowsing(app)
    page = await setUpInBrowser(app, browsing)
    page.on('request', (request) => {
      sent.push(request.postData() ?? '')
    })
  })
  after(async () => {
    await browsing.close()
    await app.stop()
  })

  const open = async (): Promise<Locator> => {
    await page.getByRole('button', { name: 'Add an SSH key' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Add an SSH key' })
    await dialog.waitFor()
    return dialog
  }
  const publishedAt = async (username: string): Promise<string> =>
    (await fetch(`${app.url}/keys/${username}`)).text()

  test('finds the page in the menu, and that a username is missing', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'SSH keys' }).click()
    await page.getByRole('heading', { name: 'SSH keys', level: 1 }).waitFor()
    await page.getByText('You have no SSH key yet.').waitFor()
    await page.getByText('Choose a username first.').waitFor()
    await assertAccessible(page, 'SSH keys, empty')
  })

  test('adds a key by pasting it, named by its comment', async () => {
    const dialog = await open()
    await dialog.getByRole('button', { name: 'Add key' }).click()
    await dialog.getByText('This is needed.').waitFor()
    await dialog.getByLabel('Public key').fill('ssh-dss AAAA')
    await dialog.getByRole('button', { name: 'Add key' }).click()
    await dialog.getByText(/DSA keys are not safe any more/).waitFor()
    await assertAccessible(page, 'adding an SSH key, refused')
    const { e, n } = rsaNumbers(1024)
    await dialog
      .getByLabel('Public key')
      .fill(lineOf('ssh-rsa', wire('ssh-rsa', mpint(e), mpint(n))))
    await dialog.getByRole('button', { name: 'Add key' }).click()
    await dialog.getByText(/it has 1024 bits and needs at least 2048/).waitFor()
    await dialog.getByLabel('Public key').fill(laptop)
    await dialog.getByRole('button', { name: 'Add key' }).click()
    const list = page.getByRole('list', { name: 'Your SSH keys' })
    await list.getByText('ada@laptop').waitFor()
    await list.getByText('Ed25519, 256 bits').waitFor()
    await list.getByText('Not used yet').waitFor()
    await list.getByRole('button', { name: 'ada@laptop', exact: true }).click()
    await list.getByText(/^SHA256:[A-Za-z0-9+/]{43}$/).waitFor()
    await list.getByRole('button', { name: 'Copy fingerprint' }).waitFor()
    await assertAccessible(page, 'an SSH key with its details')
  })

  test('is stopped from sending a private key, pasted or as a file', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const text = String(privateKey.export({ format: 'pem', type: 'pkcs8' }))
    const body = text.split('\n')[1] ?? ''
    const dialog = await open()
    const field = dialog.getByLabel('Public key')
    for (const pasted of [text, body]) {
      await field.fill(pasted)
      await dialog.getByText(/That was a private key/).waitFor()
      assert.equal(await field.inputValue(), '')
    }
    await field.fill('something else')
    await dialog.getByText(/That was a private key/).waitFor({ state: 'detached' })
    const buffer = Buffer.from(text)
    await dialog
      .getByLabel('Choose a file')
      .and(page.locator('input'))
      .setInputFiles({ name: 'id_ed25519', mimeType: '', buffer })
    await dialog.getByText(/That was a private key/).waitFor()
    assert.equal(await field.inputValue(), '')
    await assertAccessible(page, 'a private key was pasted')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    assert.ok(!sent.join().includes(body.slice(8, 40)))
  })

  test('adds a key from a file, chosen or dropped, with a title and a last day', async () => {
    const dialog = await open()
    const choose = dialog.getByLabel('Choose a file').and(page.locator('input'))
    await choose.setInputFiles({
      name: 'large.pub',
      mimeType: '',
      buffer: Buffer.alloc(70_000, 'x'),
    })
    await dialog.getByText(/too large to be a public key/).waitFor()
    const line = freshKey('x', 'ecdsa-sha2-nistp521')
    // As PowerShell writes it: UTF-16 with a byte-order mark.
    const buffer = Buffer.from(`\ufeff${line}\r\n`, 'utf16le')
    await choose.setInputFiles({ name: 'id.pub', mimeType: '', buffer })
    const field = dialog.getByLabel('Public key')
    while ((await field.inputValue()) !== line) await page.waitForTimeout(20)
    // Once more, dropped.
    await field.fill('')
    const dropped = await page.evaluateHandle(`(() => {
      const carried = new DataTransfer()
      carried.items.add(new File([${JSON.stringify(line)}], 'id.pub'))
      return carried
    })()`)
    await field.dispatchEvent('drop', { dataTransfer: dropped })
    while ((await field.inputValue()) !== line) await page.waitForTimeout(20)
    await dialog.getByLabel('Title (optional)').fill('Build server')
    await dialog.getByLabel('Last day (optional)').fill('2020-01-01')
    await dialog.getByRole('button', { name: 'Add key' }).click()
    await dialog.getByText('Choose today or a later day.').waitFor()
    await dialog.getByLabel('Last day (optional)').fill('2099-01-01')
    await dialog.getByRole('button', { name: 'Add key' }).click()
    const row = page.getByRole('listitem').filter({ hasText: 'Build server' })
    await row.getByText('ECDSA, 521 bits').waitFor()
    await row.getByText('Expires').waitFor()
    await page.getByText('2 keys').waitFor()
  })

  test('gives a key another title where it stands, and another last day', async () => {
    const row = page.getByRole('listitem').filter({ has: page.getByText('ECDSA, 521 bits') })
    await row.getByRole('button', { name: 'Build server', exact: true }).click()
    await row.getByRole('button', { name: 'Rename Build server' }).click()
    await page.keyboard.type('Build farm')
    await page.keyboard.press('Enter')
    await row.getByRole('button', { name: 'Build farm', exact: true }).waitFor()
    await row.getByRole('button', { name: 'Actions for Build farm' }).click()
    await page.getByRole('menuitem', { name: 'Change last day' }).click()
    const dialog = page.getByRole('dialog', { name: 'Last day of “Build farm”' })
    const day = dialog.getByLabel('Last day')
    assert.equal(await day.inputValue(), '2099-01-01')
    await assertAccessible(page, 'changing the last day')
    await day.fill('2020-01-01')
    await dialog.getByRole('button', { name: 'Save last day' }).click()
    await dialog.getByText('Choose today or a later day.').waitFor()
    await day.fill('')
    await dialog.getByRole('button', { name: 'Save last day' }).click()
    await page.getByText('“Build farm” does not expire.').first().waitFor()
    await row.getByText('It does not expire').waitFor()
  })

  test('chooses a username, and the page shows where servers ask', async () => {
    await page.getByRole('link', { name: 'Choose a username' }).click()
    await page.getByRole('heading', { name: 'Profile', level: 1 }).waitFor()
    const field = page.getByRole('textbox', { name: 'Username' })
    await page.locator('input[name="username"]:focus').waitFor()
    for (const [typed, said] of [
      ['Ada L', /Servers cannot use this as a username/],
      ['root', /kept for systems/],
    ] as const) {
      await field.fill(typed)
      await page.getByRole('button', { name: 'Save username' }).click()
      await page.getByText(said).waitFor()
    }
    await field.fill('ada')
    await page.keyboard.press('Enter')
    await page.getByText('Saved', { exact: true }).waitFor()
    await page.goto(`${app.url}${path}`)
    await page.getByText(`${app.url}/keys/ada`).waitFor()
    await page.getByRole('button', { name: 'Copy address' }).waitFor()
    await assertAccessible(page, 'SSH keys')
    assert.ok((await publishedAt('ada')).startsWith(`${laptop}\n`))
  })

  test('changes the username after hearing what that does', async () => {
    await page.goto(`${app.url}/admin/account/profile`)
    await page.getByRole('textbox', { name: 'Username' }).fill('lovelace')
    await page.getByRole('button', { name: 'Save username' }).click()
    const dialog = page.getByRole('dialog', { name: 'Change your username?' })
    await dialog.getByText(/ask for “ada” stop finding your keys/).waitFor()
    await assertAccessible(page, 'changing the username')
    await dialog.getByRole('button', { name: 'Change username' }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
    assert.equal(await publishedAt('ada'), '')
    assert.ok((await publishedAt('lovelace')).includes(laptop))
  })

  test('deletes a key by keyboard, after confirming it is them', async () => {
    app.clock.advance(11 * 60_000)
    await page.goto(`${app.url}${path}`)
    await page.getByRole('button', { name: 'Actions for ada@laptop' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Delete' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Delete “ada@laptop”?' })
    await dialog.getByText(/Servers refuse it/).waitFor()
    await dialog.getByRole('button', { name: 'Delete key' }).click()
    const confirm = page.getByRole('dialog', { name: 'Confirm it is you' })
    await confirm.getByLabel('Your password').fill('winter-garden-42')
    await page.keyboard.press('Enter')
    await page.getByText('“ada@laptop” was deleted.').first().waitFor()
    await page.getByText('1 key', { exact: true }).waitFor()
    assert.ok(!(await publishedAt('lovelace')).includes(laptop))
  })

  test('does the same on a phone in the dark', async () => {
    const phone = await signInInBrowser(browsing, {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
      path,
    })
    await phone.getByRole('button', { name: 'Build farm', exact: true }).click()
    await phone.getByRole('button', { name: 'Change last day of SSH key: Build farm' }).waitFor()
    await assertAccessible(phone, 'SSH keys on a phone')
    await phone.getByRole('button', { name: 'Add an SSH key' }).click()
    await phone.getByRole('dialog').getByLabel('Public key').waitFor()
    await assertAccessible(phone, 'adding an SSH key on a phone')
  })

  test('hears after a change of password that the key still works, and where to end it', async () => {
    await page.goto(`${app.url}/admin/account/profile`)
    const password = 'granite-lantern-47-orchard'
    await page.getByLabel('Current password').fill(ada.password)
    await page.getByLabel('New password', { exact: true }).fill(password)
    await page.getByLabel('New password again').fill(password)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByText('A new password does not end these. They still work:').waitFor()
    await assertAccessible(page, 'a changed password')
    await page.getByRole('link', { name: '1 SSH key' }).click()
    await page.waitForURL(`**${path}`)
    await page.getByText('Build farm').first().waitFor()
  })

  test('never saw a page complain', () => {
    assert.deepEqual(browsing.complaints(), [])
  })
})
