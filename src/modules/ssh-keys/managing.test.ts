import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import { type Person, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  countStatuses,
  days,
  faultsIn,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'
import { freshKey, lineOf, wire } from '#test/harness/ssh-keys.ts'
import { type SshKey, sshKeysMax } from './contract.ts'

type Page = { keys: SshKey[]; next: string | null; total: number }

onEachEngine('your SSH keys', (scene) => {
  const add = (person: Pick<Person, 'browser'>, publicKey: string, more: object = {}) =>
    person.browser.do('ssh-keys.add', { publicKey, ...more })
  const added = async (person: Pick<Person, 'browser'>, line = freshKey(), more: object = {}) => {
    const answer = await add(person, line, more)
    assert.equal(answer.status, 200, answer.text)
    return answer.body as SshKey
  }
  const list = async (person: Pick<Person, 'browser'>, input = {}): Promise<Page> => {
    const answer = await person.browser.do('ssh-keys.list', input)
    assert.equal(answer.status, 200, answer.text)
    return answer.body
  }

  test('a pasted key is named by its comment and listed with what it is', async () => {
    const ada = await newcomer(scene)
    assert.deepEqual(await list(ada), {
      keys: [],
      next: null,
      total: 0,
      totalMax: 50,
      published: { url: null, for: 'anyone' },
    })
    const key = await added(ada, freshKey('ada@laptop', 'ecdsa-sha2-nistp384'))
    const { id, createdAt, fingerprint, ...rest } = key
    assert.match(id, /^ssh_[0-9a-z]{26}$/)
    assert.match(fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/)
    assert.ok(Math.abs(Date.parse(createdAt) - scene.app.clock.now()) < 60_000)
    assert.deepEqual(rest, {
      title: 'ada@laptop',
      type: 'ecdsa-sha2-nistp384',
      bits: 384,
      lastUsedAt: null,
      expiresAt: null,
      isExpired: false,
    })
    const given = await added(ada, freshKey('ada@desk'), { title: ' Desk ' })
    assert.equal(given.title, 'Desk')
    assert.deepEqual((await list(ada)).keys, [given, key])
  })

  test('adding and deleting are announced, and the person is written to in plain words (attack A86)', async () => {
    const ada = await newcomer(scene)
    let key: SshKey | undefined
    const written = await announcedBy(ada.browser, async () => {
      key = await added(ada, freshKey('<b>ada</b>\u2067 {{link}} $t(added.body) @laptop'))
      await ada.browser.do('ssh-keys.remove', { keyId: key.id })
    })
    assert.deepEqual(written, ['user.ssh_key:added success', 'user.ssh_key:removed success'])
    const { id = '', type, fingerprint = '' } = key ?? {}
    const [removal] = await activityOf(ada.browser)
    assert.deepEqual(removal?.data, {
      name: '<b>ada</b> {{link}} $t(added.body) @laptop',
      type,
      fingerprint,
    })
    assert.equal((removal as unknown as { target: string }).target, id)
    const mails = (await scene.app.mails()).filter((mail) => mail.to === ada.email)
    const [first, second] = mails.slice(-2)
    assert.deepEqual(
      [first?.subject, second?.subject],
      ['An SSH key was added', 'An SSH key was deleted'],
    )
    for (const mail of [first, second]) {
      assert.ok(mail)
      assert.ok(mail.text.includes(fingerprint), mail.text)
      assert.ok(mail.text.includes('“<b>ada</b> {{link}} $t(added.body) @laptop”'))
      assert.ok(!mail.html.includes('<b>ada'), 'a title is no markup')
    }
  })

  test('the mail about what a program did says that it was one, and not what it calls itself', async () => {
    const ada = await newcomer(scene)
    const browser = await signIn(scene.app, ada, { userAgent: 'Friendly-Robot/2.0' })
    await added({ browser }, freshKey())
    const mail = (await scene.app.mails()).findLast((one) => one.to === ada.email)
    assert.match(
      mail?.text ?? '',
      /\nDevice: A program, not a browser\nWhere: [^\n]*127\.0\.0\.1\)?\n/,
    )
    assert.doesNotMatch(mail?.text ?? '', /Robot/)
  })

  test('what is deleted is gone, and can be added again', async () => {
    const ada = await newcomer(scene)
    const line = freshKey()
    const { id } = await added(ada, line)
    assert.equal((await ada.browser.do('ssh-keys.remove', { keyId: id })).status, 200)
    assertRefused(await ada.browser.do('ssh-keys.remove', { keyId: id }), 404, 'ssh-keys.not_found')
    assert.equal((await list(ada)).total, 0)
    await added(ada, line)
  })

  test('a key belongs to one person, and the refusal does not say to whom', async () => {
    const [ada, ben] = [await newcomer(scene), await newcomer(scene)]
    const line = freshKey('ada@laptop')
    await added(ada, line)
    const written = await announcedBy(ben.browser, async () => {
      const refused = await add(ben, line.replace('ada@laptop', 'mine'))
      assertRefused(refused, 409, 'ssh-keys.in_use')
      assert.ok(!refused.text.includes(ada.userId) && !refused.text.includes(ada.email))
      assertRefused(await add(ben, `# ${line}\n${line}\r\n`), 409, 'ssh-keys.in_use')
    })
    assert.deepEqual(written, [])
    assertRefused(await add(ada, `${line} again`), 409, 'ssh-keys.already_yours')
  })

  test('twenty at once with the same key: one has it', async () => {
    const people = [await newcomer(scene), await newcomer(scene)] as const
    const line = freshKey()
    const answers = await Promise.all(
      times(20, (turn) => add(people[turn % 2 === 0 ? 0 : 1], line)),
    )
    assert.deepEqual(countStatuses(answers), { 200: 1, 409: 19 })
    const totals = await Promise.all(people.map(async (one) => (await list(one)).total))
    assert.deepEqual(totals.sort(), [0, 1])
  })

  test(`there is room for ${sshKeysMax} and not one more, also when many come at once`, async () => {
    const ada = await newcomer(scene)
    for (let index = 0; index < sshKeysMax - 2; index += 1)
      await added(ada, freshKey(`key ${index}`))
    scene.app.clock.advance(minutes(9))
    await ada.browser.do('sign-in.confirm', { method: 'password', proof: ada.password })
    scene.app.clock.advance(minutes(9))
    const answers = await Promise.all(times(8, () => add(ada, freshKey())))
    assert.deepEqual(countStatuses(answers), { 200: 2, 409: 6 })
    for (const answer of answers.filter(({ status }) => status === 409))
      assertRefused(answer, 409, 'ssh-keys.too_many')
    assert.equal((await list(ada)).total, sshKeysMax)
    const seen: string[] = []
    let after: string | null = null
    do {
      const page: Page = await list(ada, { limit: 7, ...(after ? { after } : {}) })
      seen.push(...page.keys.map((key) => key.id))
      after = page.next
    } while (after)
    const { keys } = await list(ada, { limit: 100 })
    assert.deepEqual(
      seen,
      keys.map((key) => key.id),
      'pages without gap or double',
    )
    for (const cursor of ['x', '0.x', '99999999999999999999.ssh_0'])
      assert.equal((await list(ada, { after: cursor })).keys[0]?.id, seen[0])
  })

  test('a date in the past is refused; a later one passes and the key is marked', async () => {
    const ada = await newcomer(scene)
    const at = (ms: number): string => new Date(scene.app.clock.now() + ms).toISOString()
    assertRefused(await add(ada, freshKey(), { expiresAt: at(-1000) }), 422, 'ssh-keys.expiry_past')
    for (const expiresAt of ['tomorrow', '2030-01-01', 1, '2030-13-01T00:00:00Z'])
      assert.match(faultsIn(await add(ada, freshKey(), { expiresAt })).join(), /^\/expiresAt /)
    const past = await add(ada, freshKey(), { expiresAt: at(-1000) })
    assert.deepEqual(faultsIn(past), ['/expiresAt expiry_past'])
    const expiresAt = at(days(2))
    const key = await added(ada, freshKey(), { expiresAt })
    assert.deepEqual([key.expiresAt, key.isExpired], [expiresAt, false])
    await scene.app.db
      .withTables<{ ssh_keys: { id: string; expires_at: number } }>()
      .updateTable('ssh_keys')
      .set({ expires_at: scene.app.clock.now() })
      .where('id', '=', key.id)
      .execute()
    assert.equal((await list(ada)).keys[0]?.isExpired, true)
  })

  test('a date may name another time zone, and null is no date, as for tokens', async () => {
    const ada = await newcomer(scene)
    const expiresAt = new Date(scene.app.clock.now() + days(2)).toISOString()
    const elsewhere = expiresAt.replace('Z', '+00:00')
    assert.equal((await added(ada, freshKey(), { expiresAt: elsewhere })).expiresAt, expiresAt)
    const { id, expiresAt: none } = await added(ada, freshKey(), { expiresAt: null })
    assert.equal(none, null)
    const changed = await ada.browser.do('ssh-keys.update', { keyId: id, expiresAt: elsewhere })
    assert.equal(changed.body.expiresAt, expiresAt)
  })

  test('a private key is refused, and appears in no answer, log, trail or mail (attacks A74, A80)', async () => {
    const ada = await newcomer(scene)
    const { privateKey } = generateKeyPairSync('ed25519')
    const text = String(privateKey.export({ format: 'pem', type: 'pkcs8' }))
    const canary = text.split('\n')[1] ?? 'x'
    const written = await announcedBy(ada.browser, async () => {
      for (const sent of [text, `${freshKey()}\n${text}`, canary, `ssh-ed25519 ${canary}`]) {
        const answer = await add(ada, sent)
        assertRefused(answer, 422, 'ssh-keys.private_key')
        assert.ok(!answer.text.includes(canary.slice(10, 40)))
      }
      assertRefused(
        await add(ada, freshKey(), { title: `${text}`.slice(0, 90) }),
        400,
        'http.invalid_input',
      )
    })
    assert.deepEqual(written, [])
    const left = scene.app.logLines.join('\n') + JSON.stringify(await activityOf(ada.browser))
    assert.ok(!left.includes(canary.slice(10, 40)))
    assert.equal((await list(ada)).total, 0)
  })

  test('each thing that is no public key is refused for its own reason', async () => {
    const ada = await newcomer(scene)
    const line = freshKey()
    const cases: readonly (readonly [string, string])[] = [
      [`command="id" ${line}`, 'options'],
      [`${line}\r\n${freshKey()}`, 'several'],
      [lineOf('ssh-dss', wire('ssh-dss', 'x')), 'dsa'],
      ['ssh-rsa-cert-v01@openssh.com AAAA', 'certificate'],
      ['---- BEGIN SSH2 PUBLIC KEY ----', 'other_format'],
      ['ssh-ed448 AAAA', 'type_unknown'],
      [line.slice(0, 50), 'damaged'],
      ['hello', 'unreadable'],
    ]
    for (const [text, reason] of cases)
      assertRefused(await add(ada, text), 422, `ssh-keys.${reason}`)
    assertRefused(await add(ada, `${line} ${'x'.repeat(17_000)}`), 400, 'http.invalid_input')
    assertRefused(await add(ada, `${line} ${'x'.repeat(1_000_000)}`), 413, 'http.body_too_large')
    assertRefused(await add(ada, `${line}\u0000`), 400, 'http.invalid_input')
    assert.equal((await list(ada)).total, 0)
  })

  test('a token with the scope reads the list, and no token adds or deletes', async () => {
    const ada = await newcomer(scene)
    const { id } = await added(ada)
    const reading = withToken(
      scene.app,
      (await makeToken(ada, { scopes: ['account:ssh-keys'] })).token,
    )
    assert.deepEqual((await list({ browser: reading })).keys, (await list(ada)).keys)
    const other = withToken(scene.app, (await makeToken(ada, { scopes: ['account:read'] })).token)
    assertRefused(await other.do('ssh-keys.list'), 403, 'auth.scope_missing')
    const all = withToken(scene.app, (await makeToken(ada, { scopes: ['api:full'] })).token)
    for (const browser of [reading, all]) {
      assertRefused(await add({ browser }, freshKey()), 403, 'auth.session_only')
      assertRefused(await browser.do('ssh-keys.remove', { keyId: id }), 403, 'auth.session_only')
    }
    assert.equal((await list(ada)).total, 1)
  })

  test('no other user sees or deletes them, and a proof that is old is asked for again', async () => {
    const [ada, ben] = [await newcomer(scene), await newcomer(scene, 'viewer')]
    const { id } = await added(ada)
    assert.equal((await list(ben)).total, 0)
    const theirs = await ben.browser.do('ssh-keys.remove', { keyId: id })
    assertRefused(theirs, 404, 'ssh-keys.not_found')
    const visitor = { browser: scene.app.newBrowser() }
    assertRefused(await add(visitor, freshKey()), 401, 'auth.sign_in_required')
    scene.app.clock.advance(minutes(11))
    assertRefused(await add(ada, freshKey()), 403, 'auth.confirm_again')
    const stale = await ada.browser.do('ssh-keys.remove', { keyId: id })
    assertRefused(stale, 403, 'auth.confirm_again')
    assert.equal((await list(ada)).total, 1)
  })
})
