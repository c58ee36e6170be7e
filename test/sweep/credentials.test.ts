import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { onEachEngine } from '#test/harness/scene.ts'
import { assertNoFaults, assertNotFault, call, entriesOf, isOpen, isStream } from './calls.ts'

onEachEngine('a session', (scene) => {
  let value = ''
  before(() => {
    value = scene.owner.browser.cookies.get('latchkey') ?? ''
  })
  after(() => assertNoFaults(scene.app))
  const askWith = (headers: Record<string, string>, path = '/api/v1/account/me') =>
    scene.app.newBrowser().send({ method: 'GET', path, headers: { host: 'localhost', ...headers } })

  test('is only the exact cookie, once (attack A62)', async () => {
    assert.equal((await askWith({ cookie: `latchkey=${value}` })).status, 200)
    assert.equal((await askWith({ cookie: `$Version=1; latchkey=${value}; other=1` })).status, 200)
    const shadows = [
      `latchkey=${value}; latchkey=${value}`,
      `latchkey=x; latchkey=${value}`,
      `latchkey=; latchkey=${value}`,
      `latchkey="${value}"`,
      `Latchkey=${value}`,
      `LATCHKEY=${value}`,
      `\u00a0latchkey=${value}`,
      `latchkey =${value}`,
      `=latchkey=${value}`,
      `__Host-latchkey=${value}`,
      `latchkey-pending=${value}`,
      `latchkey-device=${value}`,
      `latchkey=${value}x`,
      `latchkey=${value}%00`,
      `latchkey=${value},`,
      `latchkey%3D${value}`,
      `latchkey=${value.toLowerCase()}`,
    ]
    for (const cookie of shadows) {
      const latin1 = Buffer.from(cookie, 'latin1').toString('latin1')
      assert.equal((await askWith({ cookie: latin1 })).status, 401, cookie)
    }
  })

  test('two cookie headers with the same name are two cookies', async () => {
    const twice = [`latchkey=${value}`, `latchkey=${value}`] as unknown as string
    assert.equal((await askWith({ cookie: twice })).status, 401)
  })

  test('garbage in the cookie header is nobody, and never a fault', async () => {
    const garbage = [
      '',
      ';',
      '=',
      ';;==;;',
      'a'.repeat(12_000),
      'latchkey',
      'latchkey=',
      `latchkey=${'A'.repeat(8000)}`,
      Array.from({ length: 500 }, (_, index) => `c${index}=1`).join('; '),
      '\u00ff\u00fe\u0080',
      'latchkey=\ttab',
    ]
    for (const cookie of garbage) {
      for (const path of ['/api/v1/account/me', '/api/v1/sign-in/status', '/login']) {
        const answer = await askWith({ cookie }, path)
        assertNotFault(answer, JSON.stringify(cookie.slice(0, 40)))
        if (path.endsWith('/me')) assert.equal(answer.status, 401)
      }
    }
  })

  test('a head that is too large is refused before anything reads it', async () => {
    const answer = await askWith({ cookie: `latchkey=${'A'.repeat(20_000)}` }).catch(() => ({
      status: 431,
    }))
    assert.equal(answer.status, 431)
    assert.equal((await scene.owner.browser.do('account.me')).status, 200)
  })

  test('is not taken from a query, a path or a header (attack A76)', async () => {
    const names = ['access_token', 'api_key', 'token', 'session', 'latchkey', 'auth', 'jwt', 'key']
    for (const name of names) {
      const answer = await askWith({}, `/api/v1/account/me?${name}=${value}`)
      assert.ok(answer.status === 401, `${name}: ${answer.status}`)
    }
    const headers = [
      { authorization: `Bearer ${value}` },
      { authorization: value },
      { authorization: `Basic ${btoa(`a:${value}`)}` },
      { 'x-api-key': value },
      { 'x-auth-token': value },
      { 'x-latchkey-user': scene.owner.userId },
      { 'x-forwarded-user': scene.owner.email },
    ]
    for (const header of headers)
      assert.equal((await askWith(header as unknown as Record<string, string>)).status, 401)
    for (const entry of entriesOf(scene).filter((one) => !isOpen(one))) {
      const answer = await call(scene.app.newBrowser(), entry, { query: `access_token=${value}` })
      assert.equal(answer.status, 401, entry.operation.name)
    }
  })

  test('never appears in the log, and neither does what stands in an address', async () => {
    await askWith({}, `/api/v1/account/me?access_token=${value}`)
    await askWith({ cookie: `latchkey=${value}` }, `/api/v1/people/${value}/picture`)
    const said = scene.app.logLines.join('\n')
    assert.ok(said.includes('account.me'))
    assert.equal(said.includes(value), false)
  })

  test('of a sign-in that is not finished opens nothing (attack A24)', async () => {
    for (const entry of entriesOf(scene).filter((one) => !isOpen(one) && !isStream(one))) {
      const browser = scene.app.newBrowser()
      browser.cookies.set('latchkey-pending', value)
      assert.equal((await call(browser, entry)).status, 401, entry.operation.name)
    }
  })
})
