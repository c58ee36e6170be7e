import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowsOf } from '#test/harness/basis.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, makeTokens, withToken } from '#test/harness/keys.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  days,
  faultsIn,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'
import { tokensMax } from './contract.ts'

const iso = (moment: number): string => new Date(moment).toISOString()

onEachEngine('creating an access token', (scene) => {
  test('shows it once, as cfp_ and 36 characters, and lists it by its last four', async () => {
    const ada = await newcomer(scene)
    let token = ''
    const told = await announcedBy(ada.browser, async () => {
      const made = await ada.browser.do('access-tokens.create', {
        name: 'Deploy',
        scopes: ['account:read'],
      })
      assert.equal(made.status, 200, made.text)
      token = made.body.token
      assert.match(token, /^cfp_[0-9A-Za-z]{36}$/)
      assert.deepEqual(made.body.ignoredScopes, [])
      const year = Date.parse(made.body.accessToken.expiresAt) - scene.app.clock.now()
      assert.ok(Math.abs(year - days(365)) < minutes(1))
    })
    assert.deepEqual(told, ['user.token:created success'])
    const { body, text } = await ada.browser.do('access-tokens.list')
    assert.equal(body.tokens.length, 1)
    assert.deepEqual(
      { ...body.tokens[0], id: '', createdAt: '', expiresAt: '' },
      {
        ...{ id: '', createdAt: '', expiresAt: '' },
        name: 'Deploy',
        lastFour: token.slice(-4),
        scopes: ['account:read'],
        state: 'active',
        ...{ revokedAt: null, revokedBecause: null, replacedBy: null },
        ...{ lastUsedAt: null, lastUsedAddress: null, lastUsedAgent: null },
      },
    )
    assert.equal(text.includes(token.slice(0, 12)), false)
    const mail = (await scene.app.mails()).findLast((one) => one.to === ada.email)
    assert.equal(mail?.subject, 'An access token was created')
    assert.equal(mail?.text.includes(token), false)
  })

  test('keeps no copy of it anywhere (attack A74)', async () => {
    const ada = await newcomer(scene)
    const { token } = await makeToken(ada, { scopes: ['api:full'] })
    const [row] = (await rowsOf(scene.app.db, 'access_tokens')).filter(
      (one) => one.user_id === ada.userId,
    )
    assert.equal(JSON.stringify(row).includes(token), false)
    assert.equal(JSON.stringify(await activityOf(ada.browser)).includes(token), false)
    assert.equal((await withToken(scene.app, token).do('account.me')).text.includes(token), false)
    assert.equal(
      scene.app.logLines.some((line) => line.includes(token)),
      false,
    )
  })

  test('drops scopes no module offers, and says which', async () => {
    const ada = await newcomer(scene)
    const made = await ada.browser.do('access-tokens.create', {
      name: 'Mixed',
      scopes: ['mcp', 'mcp:rockets', 'account:read', 'all', 'account:read', 'ACCOUNT:READ'],
    })
    assert.deepEqual(made.body.accessToken.scopes, ['mcp', 'account:read'])
    assert.deepEqual(made.body.ignoredScopes, ['mcp:rockets', 'all', 'ACCOUNT:READ'])
    const me = await withToken(scene.app, made.body.token).do('account.me')
    assert.deepEqual(me.body.credential.scopes, ['mcp', 'account:read'])
  })

  test('takes a date, never, or nothing; and refuses a moment that has passed', async () => {
    const ada = await newcomer(scene)
    const now = scene.app.clock.now()
    const inTenDays = iso(now + days(10))
    const create = (expiresAt: unknown) =>
      ada.browser.do('access-tokens.create', { name: 'Dated', expiresAt })
    assert.equal((await create(inTenDays)).body.accessToken.expiresAt, inTenDays)
    assert.equal((await create(null)).body.accessToken.expiresAt, null)
    const past = await create(iso(now - 1000))
    assertRefused(past, 422, 'access-tokens.expires_in_past')
    assert.deepEqual(faultsIn(past), ['/expiresAt expires_in_past'])
    assertRefused(await create(iso(now + days(365 * 20))), 422, 'access-tokens.lifetime_too_long')
    for (const wrong of ['tomorrow', '2027-01-01', 12, ''])
      assert.equal((await create(wrong)).status, 400, String(wrong))
  })

  test('needs a name, and takes any that can be shown', async () => {
    const ada = await newcomer(scene)
    const create = (name: unknown) => ada.browser.do('access-tokens.create', { name })
    for (const wrong of ['', '   ', 'x'.repeat(101), 'a\r\nBcc: b@c.de', '\u202eevil', 3])
      assert.equal((await create(wrong)).status, 400, JSON.stringify(wrong))
    const odd = '<script>{{7*7}}</script> 🔑'
    assert.equal((await create(odd)).body.accessToken.name, odd)
    const mail = (await scene.app.mails()).findLast((one) => one.to === ada.email)
    assert.ok(mail?.text.includes('{{7*7}}'))
    assert.equal(mail?.html?.includes('<script>') ?? false, false)
  })

  test('stops at a limit, also for twenty at once', async () => {
    const ada = await newcomer(scene)
    await makeTokens(scene.app, ada, tokensMax - 3)
    const answers = await Promise.all(
      times(20, () => ada.browser.do('access-tokens.create', { name: 'One more' })),
    )
    assert.equal(answers.filter((answer) => answer.status === 200).length, 3)
    for (const answer of answers.filter((one) => one.status !== 200))
      assertRefused(answer, 409, 'access-tokens.too_many')
  })

  test('says what can be granted and what comes with it', async () => {
    const { body } = await scene.owner.browser.do('access-tokens.offer')
    const byId = new Map<string, { implies: string[]; allows: string; isNeededHere: boolean }>(
      body.scopes.map((scope: { id: string }) => [scope.id, scope]),
    )
    assert.deepEqual(byId.get('mcp:flows')?.implies, ['mcp:flows:read'])
    assert.ok(byId.get('api:full')?.implies.includes('account:read'))
    const needed = [...byId].filter(([, scope]) => scope.isNeededHere).map(([id]) => id)
    assert.ok(['api:full', 'account:read', 'people:read'].every((id) => needed.includes(id)))
    const named = new Set(
      scene.app.app.runtime.registry.entries.map(({ operation: { access } }) =>
        'anyone' in access ? undefined : access.scope,
      ),
    )
    for (const [id, { implies }] of byId)
      assert.equal(
        needed.includes(id),
        [id, ...implies].some((one) => named.has(one)),
        id,
      )
    assert.equal(byId.get('api:full')?.implies.includes('mcp'), false)
    assert.ok(byId.get('account:read')?.allows)
    assert.equal(body.usualLifetimeDays, 365)
    assert.equal(body.lifetimeDaysMax, null)
  })
})

onEachEngine(
  'where the operator caps the life of tokens',
  (scene) => {
    test('the usual life is cut, never is refused, and so is a later date', async () => {
      const { browser } = scene.owner
      const now = scene.app.clock.now()
      const create = (input: object) =>
        browser.do('access-tokens.create', { name: 'Capped', ...input })
      const usual = await create({})
      const life = Date.parse(usual.body.accessToken.expiresAt) - now
      assert.ok(Math.abs(life - days(30)) < minutes(1))
      for (const expiresAt of [null, iso(now + days(40))])
        assertRefused(await create({ expiresAt }), 422, 'access-tokens.lifetime_too_long')
      assert.equal((await create({ expiresAt: iso(now + days(30)) })).status, 200)
      assert.equal((await browser.do('access-tokens.offer')).body.lifetimeDaysMax, 30)
    })
  },
  { settings: { LATCHKEY_TOKENS_LIFETIME_DAYS_MAX: '30' } },
)
