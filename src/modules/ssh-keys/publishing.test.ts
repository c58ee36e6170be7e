import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeNotes } from '#platform/activity-notes/notes.ts'
import type { Answer } from '#test/harness/client.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import type { Person } from '#test/harness/people.ts'
import {
  announcedBy,
  assertRefused,
  days,
  fromElsewhere,
  minutes,
  onEachEngine,
  type Scene,
} from '#test/harness/scene.ts'
import { freshKey } from '#test/harness/ssh-keys.ts'
import type { SshKey } from './contract.ts'

let named = 0
/** A new user with a username. */
const withUsername = async (scene: Scene): Promise<Person & { readonly username: string }> => {
  const person = await newcomer(scene)
  named += 1
  const username = `person-${named}`
  const done = await person.browser.do('account.choose-username', { username })
  assert.equal(done.status, 200, done.text)
  return { ...person, username }
}

const added = async (
  { browser }: Person,
  publicKey: string,
  more: object = {},
): Promise<SshKey> => {
  const answer = await browser.do('ssh-keys.add', { publicKey, ...more })
  assert.equal(answer.status, 200, answer.text)
  return answer.body
}

/** As a server asks: no cookie, no origin. */
const ask = (scene: Scene, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  scene.app.newBrowser().send({
    method: 'GET',
    path: `/keys/${path}`,
    headers: { host: 'localhost', ...fromElsewhere(), ...headers },
  })

onEachEngine('the list of keys that servers ask for', (scene) => {
  test('has one line per key, oldest first, with the title as its comment and nothing else', async () => {
    const ada = await withUsername(scene)
    const [one, two] = [freshKey('ada@laptop'), freshKey('x', 'ssh-rsa')]
    await added(ada, one)
    await added(ada, two, { title: '  Büro ✓ <script> ' })
    const answer = await ask(scene, ada.username)
    assert.equal(answer.status, 200)
    assert.equal(answer.text, `${one}\n${two.slice(0, -1)}Büro ✓ <script>\n`)
    assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    assert.equal(answer.headers['cache-control'], 'private, no-cache')
    assert.equal(answer.headers['set-cookie'], undefined)
    const { body } = await ada.browser.do('ssh-keys.list')
    assert.deepEqual(body.published, {
      url: `${scene.app.url}/keys/${ada.username}`,
      for: 'anyone',
    })
  })

  test('says “not changed” to who has it already, and changes with the keys', async () => {
    const ada = await withUsername(scene)
    const { id } = await added(ada, freshKey())
    const first = await ask(scene, ada.username)
    const etag = String(first.headers.etag)
    const again = await ask(scene, ada.username, { 'if-none-match': etag })
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag])
    await ada.browser.do('ssh-keys.remove', { keyId: id })
    const gone = await ask(scene, ada.username, { 'if-none-match': etag })
    assert.deepEqual([gone.status, gone.text], [200, ''])
    assert.notEqual(gone.headers.etag, etag)
  })

  test('is the same empty list for a name no user has, a user without keys, a disabled account and an impossible name', async () => {
    const [idle, gone] = [await withUsername(scene), await withUsername(scene)]
    await added(gone, freshKey())
    assert.notEqual((await ask(scene, gone.username)).text, '')
    const { email, password } = scene.owner
    await scene.owner.browser.do('sign-in.start', { email, password }, fromElsewhere())
    const disabled = await scene.owner.browser.do('people.disable', { userId: gone.userId })
    assert.equal(disabled.status, 200, disabled.text)
    const varying = ['date', 'x-request-id', 'ratelimit']
    const kept = ({ status, text, headers }: Answer) => {
      const rest = Object.entries(headers).filter(([name]) => !varying.includes(name))
      return { status, text, rest }
    }
    const names = [
      'nobody-at-all',
      idle.username,
      gone.username,
      'Root',
      '-',
      '..%2f..',
      'a%20b',
      '💥',
    ]
    const answers = await Promise.all(
      names.map((name) => ask(scene, encodeURI(name).replaceAll('%25', '%'))),
    )
    const [reference] = answers
    assert.deepEqual([reference?.status, reference?.text], [200, ''])
    for (const [index, answer] of answers.entries())
      assert.deepEqual(kept(answer), kept(reference as Answer), `${names[index]}`)
    await scene.owner.browser.do('people.enable', { userId: gone.userId })
    assert.notEqual((await ask(scene, gone.username)).text, '')
  })

  test('leaves out a key from the moment it expires', async () => {
    const ada = await withUsername(scene)
    const line = freshKey()
    const expiresAt = new Date(scene.app.clock.now() + days(1)).toISOString()
    await added(ada, line, { expiresAt })
    assert.equal((await ask(scene, ada.username)).text, `${line}\n`)
    scene.app.clock.advance(days(1))
    assert.equal((await ask(scene, ada.username)).text, '')
  })

  test('is found under a new username at once, and no longer under the old one', async () => {
    const ada = await withUsername(scene)
    await added(ada, freshKey())
    await ada.browser.do('account.choose-username', { username: `${ada.username}-new` })
    assert.equal((await ask(scene, ada.username)).text, '')
    assert.notEqual((await ask(scene, `${ada.username}-new`)).text, '')
    await ada.browser.do('account.choose-username', { username: null })
    assert.equal((await ask(scene, `${ada.username}-new`)).text, '')
  })

  test('holds one key when a server names it, and its last use is noted once a minute', async () => {
    const [ada, ben] = [await withUsername(scene), await withUsername(scene)]
    const [line, other] = [freshKey(), freshKey()]
    const { fingerprint } = await added(ada, line)
    const { fingerprint: otherOne } = await added(ada, other)
    const one = (print: string, who = ada) =>
      ask(scene, `${who.username}?fingerprint=${encodeURIComponent(print)}`)
    const usedAt = async (): Promise<number | null> => {
      await writeNotes(scene.app.db)
      const { body } = await ada.browser.do('ssh-keys.list')
      const key = body.keys.find((key: SshKey) => key.fingerprint === fingerprint)
      return key.lastUsedAt === null ? null : Date.parse(key.lastUsedAt)
    }
    await ask(scene, ada.username)
    assert.equal(await usedAt(), null, 'the whole list says nothing about one key')
    const written = await announcedBy(ada.browser, async () => {
      assert.equal((await one(fingerprint)).text, `${line}\n`)
    })
    assert.deepEqual(written, [])
    const first = await usedAt()
    assert.ok(first !== null && Math.abs(first - scene.app.clock.now()) < 5000)
    scene.app.clock.advance(30_000)
    await one(fingerprint)
    assert.equal(await usedAt(), first)
    scene.app.clock.advance(31_000)
    await one(fingerprint)
    assert.ok(((await usedAt()) ?? 0) - first >= 61_000)
    assert.equal((await one(fingerprint, ben)).text, '', 'not under another name')
    assert.equal((await one(`SHA256:${'A'.repeat(43)}`)).text, '')
    const { body } = await ada.browser.do('ssh-keys.list')
    const unused = body.keys.find((key: SshKey) => key.fingerprint === otherOne)
    assert.equal(unused.lastUsedAt, null)
    for (const wrong of ['', 'MD5:00', `${fingerprint}=`, 'SHA256:x', `${fingerprint}\n`])
      assertRefused(await one(wrong), 400, 'http.invalid_input')
  })

  test('is read and nothing else: no other method, no cookie needed, none used', async () => {
    const ada = await withUsername(scene)
    await added(ada, freshKey())
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const answer = await ada.browser.fetch({ method, path: `/keys/${ada.username}` })
      assertRefused(answer, 405, 'http.method_not_allowed')
    }
    const head = await ada.browser.send({
      method: 'HEAD',
      path: `/keys/${ada.username}`,
      headers: { host: 'localhost' },
    })
    assert.deepEqual([head.status, head.text], [200, ''])
    assertRefused(await ask(scene, ''), 404, 'http.not_found')
    assertRefused(await ask(scene, `${ada.username}/x`), 404, 'http.not_found')
    assertRefused(await ask(scene, 'x'.repeat(256)), 400, 'http.invalid_input')
  })

  test('is asked for generously, and not without end', async () => {
    const headers = fromElsewhere()
    const first = await ask(scene, 'somebody', headers)
    assert.match(String(first.headers['ratelimit-policy']), /^"ssh-keys.publish";q=1200;w=60$/)
    assert.match(String(first.headers.ratelimit), /r=1199/)
  })
})

onEachEngine(
  'the list of keys, for members only',
  (scene) => {
    test('is refused to strangers for every name alike, and read by who is signed in', async () => {
      const [ada, ben] = [await withUsername(scene), await withUsername(scene)]
      const line = freshKey()
      await added(ada, line)
      for (const name of [ada.username, 'nobody-at-all'])
        assertRefused(await ask(scene, name), 401, 'auth.sign_in_required')
      const seen = await ben.browser.fetch({ method: 'GET', path: `/keys/${ada.username}` })
      assert.equal(seen.text, `${line}\n`)
      assert.equal((await ada.browser.do('ssh-keys.list')).body.published.for, 'members')
      const host = async (scopes: readonly string[], path = `/keys/${ada.username}`) => {
        const { token } = await makeToken(ben, { scopes })
        return withToken(scene.app, token).fetch({ method: 'GET', path })
      }
      for (const scopes of [['account:ssh-keys'], ['api:full']])
        assert.equal((await host(scopes)).text, `${line}\n`)
      assert.equal((await host(['account:ssh-keys'], '/keys/nobody-at-all')).text, '')
      for (const scopes of [[], ['account:read'], ['mcp']])
        assertRefused(await host(scopes), 403, 'auth.scope_missing')
      scene.app.clock.advance(minutes(60 * 24 * 40))
      const late = await ben.browser.fetch({ method: 'GET', path: `/keys/${ada.username}` })
      assertRefused(late, 401, 'auth.sign_in_required')
    })
  },
  { settings: { LATCHKEY_SSH_KEYS_LIST_FOR: 'members' } },
)

onEachEngine(
  'the list of keys, switched off',
  (scene) => {
    test('does not exist, and short keys stay out where the operator asks for longer ones', async () => {
      const ada = await withUsername(scene)
      await added(ada, freshKey())
      assertRefused(await ask(scene, ada.username), 404, 'http.not_found')
      const own = await ada.browser.fetch({ method: 'GET', path: `/keys/${ada.username}` })
      assertRefused(own, 404, 'http.not_found')
      const short = await ada.browser.do('ssh-keys.add', { publicKey: freshKey('x', 'ssh-rsa') })
      assertRefused(short, 422, 'ssh-keys.rsa_short')
      assert.match(short.body.detail, /2048 bits; at least 3072/)
    })
  },
  {
    settings: { LATCHKEY_SSH_KEYS_LIST_FOR: 'nobody', LATCHKEY_SSH_KEYS_RSA_BITS_MIN: '3072' },
  },
)
