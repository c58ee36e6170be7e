import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '#test/harness/client.ts'
import { addApp, newcomer, newcomerWithApp, signInWithCode } from '#test/harness/factors.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import { signIn } from '#test/harness/people.ts'
import {
  assertRefused,
  days,
  faultsIn,
  minutes,
  onEachEngine,
  sessionValue,
  times,
} from '#test/harness/scene.ts'

/** As a proxy does it: what the visitor sent, and a few headers of its own. */
type Visit = { readonly cookie?: string; readonly authorization?: string } & Record<string, string>

onEachEngine('a proxy asks who it is', (scene) => {
  const ask = (visit: Visit = {}, query = ''): Promise<Answer> =>
    scene.app.newBrowser().send({
      method: 'GET',
      path: `/api/v1/verify${query}`,
      headers: { host: 'localhost', ...visit },
    })
  const cookieOf = (value: string): Visit => ({ cookie: `latchkey=${value}` })

  test('and learns it from the headers, for a browser session', async () => {
    const ada = await newcomer(scene, 'admin')
    const answer = await ask(cookieOf(sessionValue(ada.browser)))
    assert.equal(answer.status, 200)
    assert.equal(answer.text, '')
    assert.equal(answer.headers['x-latchkey-user'], ada.userId)
    assert.equal(answer.headers['x-latchkey-email'], ada.email)
    assert.equal(answer.headers['x-latchkey-roles'], 'admin')
    assert.equal(answer.headers['x-latchkey-kind'], 'session')
    assert.match(String(answer.headers['x-latchkey-session']), /^ses_/)
    assert.match(String(answer.headers['x-latchkey-organisation']), /^org_/)
    assert.equal(answer.headers['x-latchkey-scopes'], undefined)
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal(answer.headers['x-csrf-token'], undefined)
    assert.equal(answer.headers['set-cookie'], undefined)
  })

  test('and for a key, with what it was granted and when it ends', async () => {
    const { token } = await makeToken(scene.owner, { scopes: ['mcp', 'account:read'] })
    const answer = await ask({ authorization: `Bearer ${token}` })
    assert.equal(answer.headers['x-latchkey-kind'], 'token')
    assert.equal(answer.headers['x-latchkey-scopes'], 'mcp account:read')
    const end = Date.parse(String(answer.headers['x-latchkey-token-expires']))
    assert.ok(Math.abs(end - scene.app.clock.now() - days(365)) < minutes(1))
    const refused = await ask({ authorization: `Bearer ${token}` }, '?scope=api:full')
    assert.equal(Date.parse(String(refused.headers['x-latchkey-token-expires'])), end)
    const { token: endless } = await makeToken(scene.owner, { expiresAt: null })
    const other = await ask({ authorization: `Bearer ${endless}` })
    assert.equal(other.headers['x-latchkey-token-expires'], undefined)
    const session = await ask(cookieOf(sessionValue(scene.owner.browser)))
    assert.equal(session.headers['x-latchkey-token-expires'], undefined)
  })

  test('a name that no header can hold arrives percent-encoded', async () => {
    const ada = await newcomer(scene)
    for (const [name, sent] of [
      ['Zoë Ωmega', 'Zo%C3%AB%20%CE%A9mega'],
      ['100% Ada', '100%25%20Ada'],
      ['Ada (Bob; "C")', 'Ada (Bob; "C")'],
    ]) {
      await ada.browser.do('account.update-profile', { name })
      const answer = await ask(cookieOf(sessionValue(ada.browser)))
      assert.equal(answer.headers['x-latchkey-name'], sent)
      if (sent?.includes('%')) assert.equal(decodeURIComponent(sent), name)
    }
  })

  test('nobody, and everything that is not valid, is 401 with the way to the sign-in page', async () => {
    const ada = await newcomer(scene)
    const value = sessionValue(ada.browser)
    await ada.browser.do('sign-in.end')
    const bad: readonly Visit[] = [
      {},
      cookieOf(value),
      cookieOf('A'.repeat(43)),
      { authorization: 'Bearer nonsense' },
      { 'x-latchkey-user': scene.owner.userId },
    ]
    for (const visit of bad) {
      const answer = await ask(visit)
      assert.equal(answer.status, 401)
      assert.equal(answer.headers['x-latchkey-redirect'], `${scene.app.url}/login`)
      assert.equal(answer.headers['x-latchkey-user'], undefined)
    }
    const twice = await ask({
      ...cookieOf(sessionValue(scene.owner.browser)),
      authorization: 'Bearer nonsense',
    })
    assertRefused(twice, 400, 'auth.two_credentials')
  })

  test('the way back is a path of this site, whatever the proxy or the visitor says', async () => {
    const redirectFor = async (headers: Visit): Promise<unknown> =>
      (await ask(headers)).headers['x-latchkey-redirect']
    const login = `${scene.app.url}/login`
    const back = '/reports/2026?month=11&all=1'
    const wanted = `${login}?next=${encodeURIComponent(back)}`
    assert.equal(await redirectFor({ 'x-original-uri': back }), wanted)
    assert.equal(await redirectFor({ 'x-forwarded-uri': back }), wanted)
    for (const hostile of [
      '//evil.example',
      'https://evil.example/',
      'javascript:alert(1)',
      `/${'a'.repeat(3000)}`,
      '/a b',
      '',
    ])
      assert.equal(await redirectFor({ 'x-original-uri': hostile }), login, hostile.slice(0, 20))
  })

  test('who is not signed in is sent there, where the proxy asks for it', async () => {
    const sent = await ask({ 'x-forwarded-uri': '/page' }, '?otherwise=redirect')
    assert.equal(sent.status, 302)
    assert.equal(sent.headers.location, `${scene.app.url}/login?next=%2Fpage`)
    const wrongKey = await ask({ authorization: 'Bearer nonsense' }, '?otherwise=redirect')
    assertRefused(wrongKey, 401, 'auth.key_invalid')
    const signedIn = cookieOf(sessionValue(scene.owner.browser))
    assert.equal((await ask(signedIn, '?otherwise=redirect')).status, 200)
  })

  test('what is revoked is refused with the very next question', async () => {
    const ada = await newcomer(scene)
    const other = await signIn(scene.app, ada)
    const visit = cookieOf(sessionValue(other))
    assert.equal((await ask(visit)).status, 200)
    await ada.browser.do('sessions.end-others')
    assert.equal((await ask(visit)).status, 401)
    const { token, id } = await makeToken(ada)
    assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 200)
    await ada.browser.do('access-tokens.revoke', { tokenId: id })
    assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 401)
    await scene.owner.browser.do('people.disable', { userId: ada.userId })
    assert.equal((await ask(cookieOf(sessionValue(ada.browser)))).status, 401)
  })

  test('a session runs out on time here too', async () => {
    const person = await newcomer(scene)
    const browser = await signIn(scene.app, person)
    const visit = cookieOf(sessionValue(browser))
    scene.app.clock.advance(days(2))
    assert.equal((await ask(visit)).status, 401)
    const { email, password } = scene.owner
    await scene.owner.browser.do('sign-in.start', { email, password })
  })

  test('a scope is asked of keys, and the wider one grants it', async () => {
    const wide = await makeToken(scene.owner, { scopes: ['mcp:flows'] })
    const none = await makeToken(scene.owner)
    const status = async (token: string, scope: string) =>
      (await ask({ authorization: `Bearer ${token}` }, `?scope=${scope}`)).status
    assert.equal(await status(wide.token, 'mcp:flows:read'), 200)
    assert.equal(await status(wide.token, 'mcp'), 403)
    assert.equal(await status(none.token, 'mcp:flows:read'), 403)
    assert.equal(await status(wide.token, 'mcp:flows:wrote'), 400)
    const session = cookieOf(sessionValue(scene.owner.browser))
    assert.equal((await ask(session, '?scope=mcp:flows:read')).status, 200)
  })

  test('a permission is asked of the role, with the namespace or without', async () => {
    const visitOf = async (role: 'admin' | 'viewer'): Promise<Visit> =>
      cookieOf(sessionValue((await newcomer(scene, role)).browser))
    const [admin, viewer] = [await visitOf('admin'), await visitOf('viewer')]
    for (const permission of ['comerix.people.manage', 'people.manage']) {
      assert.equal((await ask(admin, `?permission=${permission}`)).status, 200)
      assertRefused(await ask(viewer, `?permission=${permission}`), 403, 'auth.not_allowed')
    }
    const wrong = await ask(admin, '?permission=comerix.people.mange')
    assertRefused(wrong, 400, 'verify.unknown_requirement')
    assert.deepEqual(faultsIn(wrong), ['/permission unknown_requirement'])
    const scope = await ask(admin, '?scope=account:raed')
    assert.deepEqual(faultsIn(scope), ['/scope unknown_requirement'])
  })

  test('how sure it has to be is asked of the session, and a key is never sure', async () => {
    const ada = await newcomerWithApp(scene)
    const strong = cookieOf(sessionValue(await signInWithCode(scene.app, ada)))
    const bob = await newcomer(scene)
    const weak = cookieOf(sessionValue(bob.browser))
    const { token } = await makeToken(bob, { scopes: ['api:full'] })
    const key = { authorization: `Bearer ${token}` }
    assert.equal((await ask(strong, '?assurance=two-factor')).status, 200)
    for (const visit of [weak, key])
      assertRefused(await ask(visit, '?assurance=two-factor'), 403, 'verify.second_factor_required')
    const fresh = '?assurance=recently-confirmed'
    assert.equal((await ask(strong, fresh)).status, 200)
    assert.equal((await ask(weak, fresh)).status, 200)
    assertRefused(await ask(key, fresh), 403, 'auth.confirm_again')
    scene.app.clock.advance(minutes(11))
    for (const visit of [strong, weak])
      assertRefused(await ask(visit, fresh), 403, 'auth.confirm_again')
    assert.equal((await ask(strong, '?assurance=two-factor')).status, 200)
    const carol = await newcomer(scene)
    await addApp(scene.app, carol.browser)
    const sinceAdding = cookieOf(sessionValue(carol.browser))
    assert.equal((await ask(sinceAdding, fresh)).status, 200)
  })

  test('who has to prove it once more is shown the page for that, with the way back', async () => {
    const bob = await newcomer(scene)
    const weak = cookieOf(sessionValue(bob.browser))
    const page = `${scene.app.url}/admin/confirm`
    const from = { 'x-original-uri': '/vault?all=1' }
    const next = `next=${encodeURIComponent('/vault?all=1')}`
    const second = '?assurance=two-factor'
    const told = await ask({ ...weak, ...from }, second)
    assertRefused(told, 403, 'verify.second_factor_required')
    assert.equal(told.headers['x-latchkey-redirect'], `${page}?needs=second-factor&${next}`)
    assert.equal(told.body.confirmAt, `${page}?needs=second-factor&${next}`)
    const sent = await ask({ ...weak, ...from }, `${second}&otherwise=redirect`)
    assert.equal(sent.status, 302)
    assert.equal(sent.headers.location, `${page}?needs=second-factor&${next}`)
    scene.app.clock.advance(minutes(11))
    const fresh = '?assurance=recently-confirmed'
    const stale = await ask({ ...weak, ...from }, fresh)
    assertRefused(stale, 403, 'auth.confirm_again')
    assert.equal(stale.headers['x-latchkey-redirect'], `${page}?${next}`)
    const hostile = await ask({ ...weak, 'x-original-uri': '//evil.example' }, fresh)
    assert.equal(hostile.headers['x-latchkey-redirect'], page)
    const again = await ask(weak, `${fresh}&otherwise=redirect`)
    assert.deepEqual([again.status, again.headers.location], [302, page])
  })

  test('nobody is sent to a page that could not help: not a key, not a role that lacks something', async () => {
    const bob = await newcomer(scene, 'viewer')
    const { token } = await makeToken(bob, { scopes: ['api:full'] })
    const key = { authorization: `Bearer ${token}` }
    const session = cookieOf(sessionValue(bob.browser))
    for (const [visit, query] of [
      [key, '?assurance=two-factor&otherwise=redirect'],
      [key, '?assurance=recently-confirmed&otherwise=redirect'],
      [key, '?scope=mcp&otherwise=redirect'],
      [session, '?permission=people.manage&otherwise=redirect'],
    ] as const) {
      const answer = await ask(visit, query)
      assert.equal(answer.status, 403, query)
      assert.equal(answer.headers['x-latchkey-redirect'], undefined, query)
    }
  })

  test('a question with a word it does not know is refused', async () => {
    const visit = cookieOf(sessionValue(scene.owner.browser))
    for (const query of ['?scop=mcp', '?assurance=high', '?scope=mcp&scope=mcp', '?scope='])
      assert.equal((await ask(visit, query)).status, 400, query)
  })
})

onEachEngine(
  'one proxy asks for everybody',
  (scene) => {
    const ask = (headers: Record<string, string>) =>
      scene.app.newBrowser().send({ method: 'GET', path: '/api/v1/verify', headers })

    test('who is valid never waits for those who are not', async () => {
      const valid = { host: 'x', cookie: `latchkey=${sessionValue(scene.owner.browser)}` }
      const { token } = await makeToken(scene.owner)
      const key = { host: 'x', authorization: `Bearer ${token}` }
      const forged = { host: 'x', cookie: `latchkey=${'A'.repeat(43)}` }
      const refused = await Promise.all(times(30, () => ask(forged)))
      assert.ok(refused.some((answer) => answer.status === 429))
      for (const answer of await Promise.all(times(60, (index) => ask(index % 2 ? valid : key))))
        assert.equal(answer.status, 200)
      assert.equal((await ask({ host: 'x' })).status, 401)
      assert.equal((await withToken(scene.app, token).do('account.me')).status, 429)
    })
  },
  {
    settings: { LATCHKEY_LIMITS_REQUESTS_PER_ADDRESS: '20', LATCHKEY_LIMITS_REQUESTS_PER_KEY: '5' },
  },
)
