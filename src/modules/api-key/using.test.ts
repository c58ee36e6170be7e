import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { writeNotes } from '#platform/activity-notes/notes.ts'
import { newKey } from '#platform/crypto/key-format.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeApiKey, makeToken, Program, withApiKey } from '#test/harness/keys.ts'
import { assertRefused, minutes, onEachEngine, sessionValue } from '#test/harness/scene.ts'

const me = 'account.me'
const run = promisify(execFile)

const hasCurl = await run('curl', ['--version']).then(
  () => true,
  () => false,
)

onEachEngine('a program with the API key', (scene) => {
  test('is its person with all of REST, as Bearer and behind their address', async () => {
    const ada = await newcomer(scene)
    const { key } = await makeApiKey(ada)
    for (const program of [withApiKey(scene.app, key), withApiKey(scene.app, key, ada.email)]) {
      const answer = await program.do(me)
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.body.userId, ada.userId)
      assert.equal(answer.body.credential.kind, 'api-key')
      assert.deepEqual(answer.body.credential.scopes, ['api:full'])
      assert.equal(answer.body.credential.expiresAt, null)
      assert.equal(answer.headers['set-cookie'], undefined)
      const changed = await program.do('account.update-profile', { jobTitle: 'Robot' })
      assert.equal(changed.status, 200, changed.text)
      const [act] = (await ada.browser.do('activity.list')).body.entries
      assert.deepEqual([act.event, act.actor], ['user.profile:updated', 'api-key'])
      await ada.browser.do('account.update-profile', { jobTitle: 'Human' })
    }
  })

  test('has to name its own address, in any spelling of it', async () => {
    const [ada, bob] = [await newcomer(scene), await newcomer(scene)]
    const { key } = await makeApiKey(ada)
    const statusAs = async (email: string): Promise<number> =>
      (await withApiKey(scene.app, key, email).do(me)).status
    for (const email of [ada.email.toUpperCase(), ` ${ada.email}`])
      assert.equal(await statusAs(email), 200, email)
    const others = [bob.email, scene.owner.email, '', 'x', 'nobody@example.com', `${ada.email}x`]
    for (const email of others) {
      const refused = await withApiKey(scene.app, key, email).do(me)
      assertRefused(refused, 401, 'auth.key_invalid')
    }
  })

  test('is refused from the moment its person is disabled', async () => {
    const ada = await newcomer(scene)
    const { key } = await makeApiKey(ada)
    const done = await scene.owner.browser.do('people.disable', { userId: ada.userId })
    assert.equal(done.status, 200, done.text)
    for (const program of [withApiKey(scene.app, key), withApiKey(scene.app, key, ada.email)])
      assertRefused(await program.do(me), 401, 'auth.key_invalid')
  })

  test('may what its person may, and loses what they lose', async () => {
    const ada = await newcomer(scene, 'admin')
    const program = withApiKey(scene.app, (await makeApiKey(ada)).key)
    assert.ok((await program.do(me)).body.permissions.includes('comerix.people.manage'))
    await scene.app.db
      .withTables<{ people: { id: string; role: string } }>()
      .updateTable('people')
      .set({ role: 'nobody' })
      .where('id', '=', ada.userId)
      .execute()
    assertRefused(await program.do(me), 403, 'auth.not_allowed')
  })

  test('leaves a note of when and from where, once a minute', async () => {
    const ada = await newcomer(scene)
    const program = withApiKey(scene.app, (await makeApiKey(ada)).key, ada.email)
    const used = async () => {
      await writeNotes(scene.app.db)
      return (await ada.browser.do('api-key.read')).body.apiKey
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

  test('never confirms anything, and is no session', async () => {
    const ada = await newcomer(scene)
    const { key } = await makeApiKey(ada)
    const proof = { method: 'password', proof: ada.password }
    const refused = await withApiKey(scene.app, key).do('sign-in.confirm', proof)
    assertRefused(refused, 403, 'auth.session_only')
    const thief = scene.app.newBrowser()
    thief.cookies.set('latchkey', key)
    assert.equal((await thief.do(me)).status, 401)
  })

  test('beside a session is refused: which of them counts cannot be known', async () => {
    const ada = await newcomer(scene)
    const { key } = await makeApiKey(ada)
    const cookie = `latchkey=${sessionValue(ada.browser)}`
    for (const program of [withApiKey(scene.app, key), withApiKey(scene.app, key, ada.email)])
      assertRefused(await program.do(me, {}, { cookie }), 400, 'auth.two_credentials')
  })
})

onEachEngine('a value that is no API key', (scene) => {
  test('is refused whatever it looks like, and nothing breaks', async () => {
    const { email } = scene.owner
    const { key } = await makeApiKey(scene.owner)
    const { token } = await makeToken(scene.owner)
    const flipped = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
    const values = [
      `Bearer ${newKey(scene.app.app.services.random, 'cfk_')}`,
      `Bearer ${flipped}`,
      `Bearer ${key.toLowerCase()}`,
      `Bearer cfp_${key.slice(4)}`,
      basic(`${email}:${flipped}`),
      basic(`${email}:${newKey(scene.app.app.services.random, 'cfk_')}`),
      basic(`${email}:${token}`),
      basic(`${email}:${key}x`),
      basic(`${email}: ${key}`),
      basic(`${key}:`),
      basic(`:${key}`),
      basic(`${email}${key}`),
      basic(`${email}\u0000:${key}`),
      basic(`${email}:${email}:${key}`),
    ]
    for (const value of values)
      assertRefused(await new Program(scene.app, value).do(me), 401, 'auth.key_invalid')
    assert.equal((await new Program(scene.app, basic(`${email}:${key}`)).do(me)).status, 200)
  })

  test('from a browser’s own pop-up changes nothing on a page that was not ours', async () => {
    const ada = await newcomer(scene)
    const program = withApiKey(scene.app, (await makeApiKey(ada)).key, ada.email)
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const refused = await program.do('account.update-profile', { jobTitle: 'Evil' }, foreign)
    assertRefused(refused, 403, 'http.foreign_origin')
  })
})

onEachEngine('curl', (scene) => {
  const skip = hasCurl ? false : 'curl is not installed here'

  test('with -u address:key works as the page says', { skip }, async () => {
    const ada = await newcomer(scene)
    const { key, id } = await makeApiKey(ada)
    const url = `${scene.app.url.replace('localhost', '127.0.0.1')}/api/v1/account/me`
    const curl = async (...args: string[]): Promise<string> =>
      (await run('curl', ['-sS', '-w', '\n%{http_code}', ...args, url])).stdout
    const [body = '', status] = (await curl('-u', `${ada.email}:${key}`)).split('\n')
    assert.equal(status, '200')
    assert.equal(JSON.parse(body).email, ada.email)
    const bearer = await curl('-H', `authorization: Bearer ${key}`)
    assert.ok(bearer.endsWith('\n200'))
    assert.ok((await curl('-u', `${scene.owner.email}:${key}`)).endsWith('\n401'))
    scene.app.clock.advance(minutes(1))
    await ada.browser.do('api-key.regenerate', { keyId: id })
    assert.ok((await curl('-u', `${ada.email}:${key}`)).endsWith('\n401'))
  })
})
