import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { loadConfig } from '#platform/config/load.ts'
import { createContext, systemActor } from '#platform/context.ts'
import { addPasskey, newcomer, signInWithPasskey } from '#test/harness/factors.ts'
import { product } from '#test/harness/product.ts'
import { onEachEngine } from '#test/harness/scene.ts'
import { startCheck } from './start-check.ts'
import { wellKnown } from './well-known.ts'

const { settingsGroups } = product

const configOf = (env: Readonly<Record<string, string>>) => loadConfig(settingsGroups, { env })

onEachEngine('addresses other programs look for', (scene) => {
  const get = (name: string) =>
    scene.app.newBrowser().fetch({ method: 'GET', path: `/.well-known/${name}` })

  test('a password manager finds where passkeys are made and kept', async () => {
    const found = await get('passkey-endpoints')
    assert.equal(found.status, 200)
    assert.match(String(found.headers['content-type']), /^application\/json/)
    const page = `${scene.app.url}/admin/account/passkeys`
    assert.deepEqual(found.body, { enroll: page, manage: page })
  })

  test('and where a password is changed', async () => {
    const found = await get('change-password')
    assert.equal(found.status, 302)
    assert.match(String(found.headers.location), /\/admin\/account\//)
  })

  test('related origins are not published where there is one address', async () => {
    assert.equal((await get('webauthn')).status, 404)
  })

  test('the product refuses to start for another host than its passkeys were made for', async () => {
    const { services } = scene.app.app
    const under = (publicUrl: string) =>
      startCheck(
        createContext(
          { ...services, config: configOf({ LATCHKEY_PUBLIC_URL: publicUrl }) },
          systemActor('test'),
        ),
      )
    assert.equal(
      await under('https://account.example.com'),
      null,
      'no passkeys: any address will do',
    )
    const person = await newcomer(scene)
    const key = await addPasskey(scene.app, person.browser)
    assert.equal(await under(scene.app.url), null)
    assert.equal(await under('http://localhost:9'), null, 'the port is no part of it')
    const complaint = await under('https://account.example.com')
    assert.match(
      complaint ?? '',
      /localhost.*account\.example\.com.*LATCHKEY_PUBLIC_URL|LATCHKEY_PUBLIC_URL/s,
    )
    assert.match(complaint ?? '', /account\.example\.com/)
    assert.equal((await signInWithPasskey(scene.app.newBrowser(), key)).status, 200)
  })
})

describe('several addresses of one product', () => {
  test('are published as related origins, the public one first', () => {
    const config = configOf({
      LATCHKEY_PUBLIC_URL: 'https://account.example.com',
      LATCHKEY_OTHER_ORIGINS: 'https://account.example.de,https://account.example.fr',
    })
    assert.deepEqual(wellKnown.webauthn?.(config, new Map()), {
      json: {
        origins: [
          'https://account.example.com',
          'https://account.example.de',
          'https://account.example.fr',
        ],
      },
    })
  })
})
