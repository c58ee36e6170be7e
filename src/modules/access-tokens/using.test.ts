import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeNotes } from '#platform/activity-notes/notes.ts'
import { newKey } from '#platform/crypto/key-format.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, Program, withToken } from '#test/harness/keys.ts'
import {
  assertRefused,
  days,
  minutes,
  onEachEngine,
  sessionValue,
  times,
} from '#test/harness/scene.ts'

const me = 'account.me'

onEachEngine('a program with an access token', (scene) => {
  test('is its person, with what it was granted', async () => {
    const ada = await newcomer(scene)
    const { token } = await makeToken(ada, { scopes: ['account:read'] })
    const answer = await withToken(scene.app, token).do(me)
    assert.equal(answer.status, 200)
    assert.equal(answer.body.userId, ada.userId)
    assert.equal(answer.body.credential.kind, 'token')
    assert.deepEqual(answer.body.credential.scopes, ['account:read'])
    assert.equal(answer.body.credential.authenticatedAt, null)
    assert.equal(answer.headers['x-latchkey-token-expires'], answer.body.credential.expiresAt)
    assert.equal(answer.headers['x-csrf-token'], undefined)
    assert.equal(answer.headers['set-cookie'], undefined)
  })

  test('without any scope still learns who it is, and nothing else', async () => {
    const ada = await newcomer(scene)
    const program = withToken(scene.app, (await makeToken(ada)).token)
    assert.equal((await program.do(me)).status, 200)
    const refused = await program.do('account.read-profile')
    assertRefused(refused, 403, 'auth.scope_missing')
    assert.equal(refused.body.scope, 'account:read')
    assert.equal(
      refused.headers['www-authenticate'],
      'Bearer realm="latchkey", error="insufficient_scope", scope="account:read"',
    )
    assertRefused(await program.do('sessions.list'), 403, 'auth.session_only')
  })

  test('changes what it may, without a cookie and without a page’s token', async () => {
    const ada = await newcomer(scene)
    const program = withToken(scene.app, (await makeToken(ada, { scopes: ['api:full'] })).token)
    const changed = await program.do('account.update-profile', { jobTitle: 'Robot' })
    assert.equal(changed.status, 200, changed.text)
    const [act] = (await ada.browser.do('activity.list')).body.entries
    assert.equal(act.event, 'user.profile:updated')
    assert.equal(act.actor, 'token')
  })

  test('is refused from the moment its token is revoked', async () => {
    const ada = await newcomer(scene)
    const { token, id } = await makeToken(ada)
    const program = withToken(scene.app, token)
    assert.equal((await program.do(me)).status, 200)
    assert.equal((await ada.browser.do('access-tokens.revoke', { tokenId: id })).status, 200)
    const refused = await program.do(me)
    assertRefused(refused, 401, 'auth.key_invalid')
    assert.equal(
      refused.headers['www-authenticate'],
      'Bearer realm="latchkey", error="invalid_token"',
    )
    const again = await ada.browser.do('access-tokens.revoke', { tokenId: id })
    assertRefused(again, 404, 'access-tokens.not_found')
    const { body } = await ada.browser.do('access-tokens.list', { state: 'ended' })
    assert.equal(body.tokens[0].state, 'revoked')
  })

  test('is refused from the second its token expires, with no job to help (attack A78)', async () => {
    const ada = await newcomer(scene)
    const expiresAt = new Date(scene.app.clock.now() + 60_000).toISOString()
    const program = withToken(scene.app, (await makeToken(ada, { expiresAt })).token)
    scene.app.clock.advance(58_000)
    assert.equal((await program.do(me)).status, 200)
    scene.app.clock.advance(2000)
    assertRefused(await program.do(me), 401, 'auth.key_invalid')
  })

  test('loses what its person loses, at once', async () => {
    const ada = await newcomer(scene, 'admin')
    const program = withToken(scene.app, (await makeToken(ada, { scopes: ['api:full'] })).token)
    assert.ok((await program.do(me)).body.permissions.includes('comerix.people.manage'))
    await scene.app.db
      .withTables<{ people: { id: string; role: string } }>()
      .updateTable('people')
      .set({ role: 'nobody' })
      .where('id', '=', ada.userId)
      .execute()
    assertRefused(await program.do(me), 403, 'auth.not_allowed')
  })

  test('is refused while its person is disabled', async () => {
    const ada = await newcomer(scene)
    const program = withToken(scene.app, (await makeToken(ada)).token)
    const done = await scene.owner.browser.do('people.disable', { userId: ada.userId })
    assert.equal(done.status, 200, done.text)
    assertRefused(await program.do(me), 401, 'auth.key_invalid')
  })

  test('leaves a note of when and from where, once a minute', async () => {
    const ada = await newcomer(scene)
    const { token } = await makeToken(ada)
    const program = withToken(scene.app, token)
    const used = async () => {
      await writeNotes(scene.app.db)
      return (await ada.browser.do('access-tokens.list')).body.tokens[0]
    }
    await program.do(me, {}, { 'x-forwarded-for': '203.0.113.9' })
    const first = await used()
    assert.equal(first.lastUsedAddress, '203.0.113.9')
    assert.equal(first.lastUsedAgent, 'curl/8.14.1')
    scene.app.clock.advance(30_000)
    await program.do(me, {}, { 'x-forwarded-for': '203.0.113.10' })
    assert.deepEqual(await used(), first)
    scene.app.clock.advance(31_000)
    await program.do(me, {}, { 'x-forwarded-for': '203.0.113.10' })
    assert.equal((await used()).lastUsedAddress, '203.0.113.10')
  })

  test('never confirms anything, however fresh it is', async () => {
    const ada = await newcomer(scene)
    const program = withToken(scene.app, (await makeToken(ada, { scopes: ['api:full'] })).token)
    const proof = { method: 'password', proof: ada.password }
    assertRefused(await program.do('sign-in.confirm', proof), 403, 'auth.session_only')
    const more = await program.do('access-tokens.create', { name: 'More' })
    assertRefused(more, 403, 'auth.session_only')
  })
})

onEachEngine('a value that is no token', (scene) => {
  const bearer = (value: string) => new Program(scene.app, value).do(me)

  test('is refused whatever it looks like, and nothing breaks', async () => {
    const { token } = await makeToken(scene.owner)
    const flipped = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
    const values = [
      `Bearer ${newKey(scene.app.app.services.random, 'cfp_')}`,
      `Bearer ${flipped}`,
      `Bearer ${token.toLowerCase()}`,
      `Bearer ${token}x`,
      `Bearer ${token} ${token}`,
      `Bearer  `,
      `Bearer ${'A'.repeat(5000)}`,
      `Token ${token}`,
      token,
      `Basic ${btoa(token)}`,
      `Basic ${btoa(`${scene.owner.email}:${token}`)}`,
      `Basic ${btoa(`${token}:`)}`,
      'Basic !!!',
      `Bearer ${sessionValue(scene.owner.browser)}`,
      'Digest username="ada"',
    ]
    for (const value of values) assertRefused(await bearer(value), 401, 'auth.key_invalid')
    assert.match((await bearer(token)).body.detail, /neither “Bearer” and a key, nor “Basic”/)
    assert.equal((await bearer(`Bearer ${token}x`)).body.detail, undefined)
    assert.equal((await bearer(`bearer ${token}`)).status, 200)
  })

  test('beside a session, or twice, is refused: which of them counts cannot be known', async () => {
    const { token } = await makeToken(scene.owner)
    const cookie = `latchkey=${sessionValue(scene.owner.browser)}`
    const send = (headers: Record<string, string>) =>
      scene.app.newBrowser().send({
        method: 'GET',
        path: '/api/v1/account/me',
        headers: { host: 'localhost', ...headers },
      })
    const both = await send({ cookie, authorization: `Bearer ${token}` })
    assertRefused(both, 400, 'auth.two_credentials')
    const wrong = await send({ cookie, authorization: 'Bearer nonsense' })
    assertRefused(wrong, 400, 'auth.two_credentials')
    const twice = [`Bearer ${token}`, `Bearer ${token}`] as unknown as string
    assertRefused(await send({ authorization: twice }), 400, 'auth.two_credentials')
  })

  test('is not looked for in an address or another header (attack A76)', async () => {
    const { token } = await makeToken(scene.owner, { scopes: ['api:full'] })
    const send = (path: string, headers: Record<string, string> = {}) =>
      scene.app
        .newBrowser()
        .send({ method: 'GET', path, headers: { host: 'localhost', ...headers } })
    for (const name of ['access_token', 'api_key', 'token', 'key', 'private_token']) {
      const answer = await send(`/api/v1/account/me?${name}=${token}`)
      assert.equal(answer.status, 401, name)
    }
    for (const name of ['x-api-key', 'x-auth-token', 'private-token', 'proxy-authorization'])
      assert.equal((await send('/api/v1/account/me', { [name]: token })).status, 401, name)
    assert.equal(
      scene.app.logLines.some((line) => line.includes(token)),
      false,
    )
  })
})

onEachEngine(
  'a token that is used too fast',
  (scene) => {
    test('waits, and so does nobody else', async () => {
      const [one, other] = [await makeToken(scene.owner), await makeToken(scene.owner)]
      const program = withToken(scene.app, one.token)
      const answers = await Promise.all(times(8, () => program.do(me)))
      assert.equal(answers.filter((answer) => answer.status === 200).length, 5)
      const refused = answers.find((answer) => answer.status === 429)
      assert.ok(refused)
      assertRefused(refused, 429, 'http.too_many_requests')
      assert.ok(Number(refused.headers['retry-after']) > 0)
      assert.match(String(refused.headers['ratelimit-policy']), /"key";q=5;w=60/)
      assert.equal((await withToken(scene.app, other.token).do(me)).status, 200)
      assert.equal((await scene.owner.browser.do(me)).status, 200)
      scene.app.clock.advance(minutes(1) + 1000)
      assert.equal((await program.do(me)).status, 200)
    })
  },
  { settings: { LATCHKEY_LIMITS_REQUESTS_PER_KEY: '5' } },
)

onEachEngine('the list of tokens', (scene) => {
  test('goes on page by page, shows what is over for 90 days, and filters', async () => {
    const ada = await newcomer(scene)
    const made = []
    for (let index = 0; index < 5; index += 1)
      made.push(await makeToken(ada, { name: `Token ${index}` }))
    await ada.browser.do('access-tokens.revoke', { tokenId: made[1]?.id })
    const names: string[] = []
    let after: string | null = ''
    while (after !== null) {
      const page = await ada.browser.do('access-tokens.list', {
        limit: 2,
        ...(after ? { after } : {}),
      })
      names.push(...page.body.tokens.map((one: { name: string }) => one.name))
      after = page.body.next
    }
    assert.deepEqual(names, ['Token 4', 'Token 3', 'Token 2', 'Token 1', 'Token 0'])
    const count = async (state: string) =>
      (await ada.browser.do('access-tokens.list', { state })).body.tokens.length
    assert.deepEqual([await count('active'), await count('ended'), await count('all')], [4, 1, 5])
    scene.app.clock.advance(days(91))
    const { email, password } = ada
    assert.equal((await ada.browser.do('sign-in.start', { email, password })).status, 200)
    assert.deepEqual([await count('active'), await count('ended'), await count('all')], [4, 0, 4])
  })
})
