import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { loadConfig } from '#platform/config/load.ts'
import { addPasskey, newcomer } from '#test/harness/factors.ts'
import type { Person } from '#test/harness/people.ts'
import { product } from '#test/harness/product.ts'
import { assertRefused, onEachEngine } from '#test/harness/scene.ts'
import { hasProviderIcon, listProblem, providerIcon, providerOf } from './providers.ts'

const { settingsGroups } = product

const known = 'bada5566-a7aa-401f-bd96-45619a55120d'
const own = '0a0a0a0a-0000-4000-8000-000000000001'
const lightOnly = '0a0a0a0a-0000-4000-8000-000000000002'
const hostile = '0a0a0a0a-0000-4000-8000-000000000003'

const svg = (colour: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="${colour}"/></svg>`
const dataOf = (text: string, type = 'image/svg+xml'): string =>
  `data:${type};base64,${Buffer.from(text).toString('base64')}`

const folder = mkdtempSync(join(tmpdir(), 'latchkey-providers-'))
after(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
/** Each its own: a list is read once for each path. */
const listFile = (content: unknown): string => {
  files += 1
  const path = join(folder, `${files}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const list = {
  [own.toUpperCase()]: {
    name: ' Acme Vault ',
    icon_light: dataOf(svg('#111')),
    icon_dark: dataOf(svg('#eee')),
  },
  [lightOnly]: { name: 'Light Keys', icon_light: dataOf(svg('#222')), further: 'is no harm' },
  [hostile]: { name: 'Page Keys', icon_light: dataOf('<script>alert(1)</script>', 'text/html') },
  [known]: { name: '1Password for Acme' },
  'not of the form': 'at all',
  '0a0a0a0a-0000-4000-8000-000000000004': { name: 7 },
}

const withList = (content: unknown) => ({
  config: loadConfig(settingsGroups, { env: { LATCHKEY_PASSKEYS_PROVIDERS: listFile(content) } }),
})
const without = { config: loadConfig(settingsGroups, { env: {} }) }

describe('who keeps a passkey', () => {
  test('is known for what the field has published, whatever the case of its AAGUID', () => {
    assert.equal(providerOf(without, known), '1Password')
    assert.equal(providerOf(without, known.toUpperCase()), '1Password')
    assert.equal(
      providerOf(without, '2fc0579f-8113-47ea-b116-bb5a8db9202a'),
      'YubiKey 5 Series with NFC',
    )
    assert.equal(
      providerOf(without, 'fa37f553-f9b6-4adb-ac53-8bbb57ebdf0d'),
      'Norton Password Manager',
    )
    assert.equal(providerOf(without, '00000000-0000-0000-0000-000000000000'), null)
    assert.equal(hasProviderIcon(without, known), false)
  })

  test('is what the operator’s list says first', () => {
    const ctx = withList(list)
    assert.equal(listProblem(ctx), null)
    assert.equal(providerOf(ctx, own), 'Acme Vault')
    assert.equal(providerOf(ctx, known), '1Password for Acme')
    assert.equal(providerOf(ctx, 'd548826e-79b4-db40-a3d8-11116f7e8349'), 'Bitwarden')
    assert.equal(providerOf(ctx, '0a0a0a0a-0000-4000-8000-000000000004'), null, 'left out')
  })

  test('has an icon for each colour scheme, one alone serves both, and only pictures are icons', () => {
    const ctx = withList(list)
    const shown = (aaguid: string, scheme: 'light' | 'dark') =>
      Buffer.from(
        (providerIcon(ctx, aaguid, scheme)?.bytes ?? new Uint8Array()) as Uint8Array,
      ).toString()
    assert.equal(shown(own, 'light'), svg('#111'))
    assert.equal(shown(own, 'dark'), svg('#eee'))
    assert.equal(shown(lightOnly, 'dark'), svg('#222'))
    assert.equal(providerOf(ctx, hostile), 'Page Keys')
    assert.equal(hasProviderIcon(ctx, hostile), false)
    assert.equal(providerIcon(ctx, hostile, 'light'), null)
  })

  test('stays known when the list is empty, as the published one will be one day', () => {
    const ctx = withList({})
    assert.equal(listProblem(ctx), null)
    assert.equal(providerOf(ctx, known), '1Password')
  })

  test('a list that cannot be read stops the start with a line that says what to do', () => {
    for (const content of ['{"cut off":', '[]', 'null', '"a text"'])
      assert.match(
        listProblem(withList(content)) ?? '',
        /cannot be read: .+LATCHKEY_PASSKEYS_PROVIDERS/s,
        content,
      )
    const env = { LATCHKEY_PASSKEYS_PROVIDERS: join(folder, 'is-not-there.json') }
    assert.match(listProblem({ config: loadConfig(settingsGroups, { env }) }) ?? '', /no such file/)
  })
})

onEachEngine(
  'a passkey whose provider is in the operator’s list',
  (scene) => {
    let person: Person
    test('tells where its icons are, and they are pictures that can do nothing', async () => {
      person = await newcomer(scene)
      await addPasskey(scene.app, person.browser, { aaguid: own })
      const { passkeys } = (await person.browser.do('passkeys.list')).body
      assert.equal(passkeys[0].provider, 'Acme Vault')
      assert.equal(passkeys[0].name, 'Acme Vault')
      const { light, dark } = passkeys[0].providerIcon
      for (const [path, colour] of [
        [light, '#111'],
        [dark, '#eee'],
      ]) {
        const icon = await person.browser.fetch({ method: 'GET', path })
        assert.equal(icon.status, 200, icon.text)
        assert.equal(icon.headers['content-type'], 'image/svg+xml')
        assert.match(String(icon.headers['content-security-policy']), /default-src 'none'.*sandbox/)
        assert.equal(icon.headers['x-content-type-options'], 'nosniff')
        assert.equal(icon.text, svg(colour))
      }
    })

    test('a provider without one says so', async () => {
      const answer = await person.browser.do('passkeys.read-provider-icon', {
        aaguid: known,
        scheme: 'dark',
      })
      assertRefused(answer, 404, 'passkeys.icon_not_found')
    })
  },
  { settings: { LATCHKEY_PASSKEYS_PROVIDERS: listFile(list) } },
)
