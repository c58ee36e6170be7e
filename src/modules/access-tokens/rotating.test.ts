import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, systemActor } from '#platform/context.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, makeTokens, withToken } from '#test/harness/keys.ts'
import {
  announcedBy,
  assertRefused,
  countStatuses,
  days,
  hours,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'
import { revokeLeakedToken } from './api.ts'
import { tokensMax } from './contract.ts'
import { jobs, remindOfExpiry } from './jobs.ts'

const me = 'account.me'
const tooMany = 'access-tokens.too_many'

onEachEngine('rotating an access token', (scene) => {
  const statusOf = async (token: string): Promise<number> =>
    (await withToken(scene.app, token).do(me)).status

  test('at once: the new one works, the old one no longer', async () => {
    const ada = await newcomer(scene)
    const old = await makeToken(ada, { name: 'Deploy', scopes: ['account:read'] })
    const rotated = await ada.browser.do('access-tokens.rotate', { tokenId: old.id })
    assert.equal(rotated.status, 200, rotated.text)
    assert.equal(rotated.body.accessToken.name, 'Deploy')
    assert.deepEqual(rotated.body.accessToken.scopes, ['account:read'])
    assert.deepEqual([await statusOf(old.token), await statusOf(rotated.body.token)], [401, 200])
    const { body } = await ada.browser.do('access-tokens.list', { state: 'ended' })
    assert.equal(body.tokens[0].revokedBecause, 'rotated')
    assert.equal(body.tokens[0].replacedBy, rotated.body.accessToken.id)
  })

  test('with a day of overlap: both work, the old one is marked, and then it ends by itself', async () => {
    const ada = await newcomer(scene)
    const old = await makeToken(ada)
    const told = await announcedBy(ada.browser, async () => {
      const answer = await ada.browser.do('access-tokens.rotate', {
        tokenId: old.id,
        overlap: '24-hours',
      })
      assert.deepEqual([await statusOf(old.token), await statusOf(answer.body.token)], [200, 200])
    })
    assert.deepEqual(told, ['user.token:rotated success'])
    const { body } = await ada.browser.do('access-tokens.list')
    assert.deepEqual(
      body.tokens.map((one: { state: string }) => one.state),
      ['active', 'replaced'],
    )
    scene.app.clock.advance(hours(24) - 2000)
    assert.equal(await statusOf(old.token), 200)
    scene.app.clock.advance(2000)
    assert.equal(await statusOf(old.token), 401)
  })

  test('never lengthens the old one, and a short one stays short', async () => {
    const ada = await newcomer(scene)
    const soon = new Date(scene.app.clock.now() + hours(2)).toISOString()
    const old = await makeToken(ada, { expiresAt: soon })
    scene.app.clock.advance(minutes(5))
    await ada.browser.do('access-tokens.rotate', { tokenId: old.id, overlap: '24-hours' })
    const { body } = await ada.browser.do('access-tokens.list')
    assert.equal(body.tokens[1].expiresAt, soon)
    const left = Date.parse(body.tokens[0].expiresAt) - scene.app.clock.now()
    assert.ok(Math.abs(left - hours(2)) < minutes(1))
  })

  test('twenty at once make one new token', async () => {
    const ada = await newcomer(scene)
    const { id } = await makeToken(ada)
    const rotate = () =>
      ada.browser.do('access-tokens.rotate', { tokenId: id, overlap: '24-hours' })
    const answers = await Promise.all(times(20, rotate))
    assert.deepEqual(countStatuses(answers), { 200: 1, 409: 19 })
    const refused = answers.find((answer) => answer.status === 409)
    assert.ok(refused)
    assertRefused(refused, 409, 'access-tokens.already_rotated')
    const { body } = await ada.browser.do('access-tokens.list')
    assert.equal(body.tokens.length, 2)
  })

  test('keeps to the limit: with an overlap only while there is room, at once always', async () => {
    const ada = await newcomer(scene)
    const last = await makeTokens(scene.app, ada, tokensMax)
    const rotate = (tokenId: string, overlap: string) =>
      ada.browser.do('access-tokens.rotate', { tokenId, overlap })
    assertRefused(await rotate(last, '24-hours'), 409, tooMany)
    const list = await ada.browser.do('access-tokens.list', { state: 'active', limit: 1 })
    assert.equal(list.body.tokens[0].state, 'active', 'a refused rotation leaves its mark')
    const atOnce = await rotate(last, 'none')
    assert.equal(atOnce.status, 200, atOnce.text)
    assertRefused(await rotate(atOnce.body.accessToken.id, '24-hours'), 409, tooMany)
    const { status } = await ada.browser.do('access-tokens.create', { name: 'One more' })
    assert.equal(status, 409)
  })

  test('twenty different ones at once, with an overlap, take only the room there is', async () => {
    const ada = await newcomer(scene)
    await makeTokens(scene.app, ada, tokensMax - 3)
    const { body } = await ada.browser.do('access-tokens.list', { limit: 20 })
    const answers = await Promise.all(
      body.tokens.map(({ id }: { id: string }) =>
        ada.browser.do('access-tokens.rotate', { tokenId: id, overlap: '24-hours' }),
      ),
    )
    assert.deepEqual(countStatuses(answers), { 200: 3, 409: 17 })
    for (const answer of answers.filter((one) => one.status !== 200))
      assertRefused(answer, 409, tooMany)
  })

  test('is not for another user’s token, or one that is over', async () => {
    const [ada, bob] = [await newcomer(scene), await newcomer(scene)]
    const { id } = await makeToken(ada)
    for (const name of ['access-tokens.rotate', 'access-tokens.revoke'])
      assertRefused(await bob.browser.do(name, { tokenId: id }), 404, 'access-tokens.not_found')
    await ada.browser.do('access-tokens.revoke', { tokenId: id })
    const late = await ada.browser.do('access-tokens.rotate', { tokenId: id })
    assertRefused(late, 404, 'access-tokens.not_found')
  })
})

onEachEngine('a token nears its end', (scene) => {
  const runJob = () => remindOfExpiry(createContext(scene.app.app.services, systemActor('test')))
  const subjectsTo = async (email: string): Promise<string[]> =>
    (await scene.app.mails())
      .filter((one) => one.to === email && /expire/.test(one.subject))
      .map((one) => one.subject)

  test('its owner hears of it 14 and 3 days before and on the day, once each', async () => {
    const ada = await newcomer(scene)
    await makeToken(ada, {
      name: 'Nightly',
      expiresAt: new Date(scene.app.clock.now() + days(20)).toISOString(),
    })
    await runJob()
    assert.deepEqual(await subjectsTo(ada.email), [])
    for (const [wait, subject] of [
      [7, 'An access token expires in 14 days'],
      [11, 'An access token expires in 3 days'],
      [3, 'An access token has expired'],
    ] as const) {
      scene.app.clock.advance(days(wait))
      await Promise.all([runJob(), runJob(), runJob()])
      await runJob()
      assert.equal((await subjectsTo(ada.email)).at(-1), subject)
    }
    assert.equal((await subjectsTo(ada.email)).length, 3)
  })

  test('one made for a few days, a replaced and a revoked one are not announced ahead', async () => {
    const ada = await newcomer(scene)
    const short = new Date(scene.app.clock.now() + days(2)).toISOString()
    await makeToken(ada, { expiresAt: short })
    const replaced = await makeToken(ada)
    await ada.browser.do('access-tokens.rotate', { tokenId: replaced.id, overlap: '24-hours' })
    const revoked = await makeToken(ada, { expiresAt: short })
    await ada.browser.do('access-tokens.revoke', { tokenId: revoked.id })
    await runJob()
    assert.deepEqual(await subjectsTo(ada.email), [])
    scene.app.clock.advance(days(3))
    await runJob()
    assert.deepEqual(await subjectsTo(ada.email), ['An access token has expired'])
  })

  test('after 90 days nothing is left of it', async () => {
    const ada = await newcomer(scene)
    const { id } = await makeToken(ada)
    await ada.browser.do('access-tokens.revoke', { tokenId: id })
    const clean = jobs.find((job) => job.name === 'access-tokens.delete-ended')
    const left = async (): Promise<number> =>
      (
        await scene.app.db
          .withTables<{ access_tokens: { id: string } }>()
          .selectFrom('access_tokens')
          .select('id')
          .where('id', '=', id)
          .execute()
      ).length
    const ctx = createContext(scene.app.app.services, systemActor('test'))
    scene.app.clock.advance(days(89))
    await clean?.run(ctx, new AbortController().signal)
    assert.equal(await left(), 1)
    scene.app.clock.advance(days(2))
    await clean?.run(ctx, new AbortController().signal)
    assert.equal(await left(), 0)
  })
})

onEachEngine('a token an attacker found', (scene) => {
  test('is revoked once, and its owner is told', async () => {
    const ada = await newcomer(scene)
    const { token } = await makeToken(ada, { name: 'Lost' })
    const ctx = createContext(scene.app.app.services, systemActor('test'))
    const told = await announcedBy(ada.browser, async () => {
      const found = await Promise.all(times(10, () => revokeLeakedToken(ctx, token)))
      assert.equal(found.filter(Boolean).length, 1)
    })
    assert.deepEqual(told, ['user.token:revoked success'])
    assertRefused(await withToken(scene.app, token).do(me), 401, 'auth.key_invalid')
    const mail = (await scene.app.mails()).findLast((one) => one.to === ada.email)
    assert.equal(mail?.subject, 'An access token was found in the open and revoked')
    assert.equal(await revokeLeakedToken(ctx, 'cfp_nonsense'), false)
  })
})
