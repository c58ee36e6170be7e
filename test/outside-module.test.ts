import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { migrate } from '#platform/db/migrate.ts'
import { loadProduct } from '#product'
import { engines, startApp, type TestApp } from '#test/harness/app.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import { joinAs, type Person, setUpOwner, signIn } from '#test/harness/people.ts'
import { product as builtIn } from '#test/harness/product.ts'
import { activityOf, assertRefused, confirm, hours } from '#test/harness/scene.ts'

const folder = join(import.meta.dirname, '..')
const env = { LATCHKEY_MODULES: './examples/badges' }
const { product } = await loadProduct({ env, folder })

describe('the settings of a module that the configuration names', () => {
  const digits = (value: string) =>
    product.readSettings({ env: { ...env, LATCHKEY_BADGES_DIGITS: value }, folder })
  test('are read, and a wrong value or name stops the start with a sentence', () => {
    const [group] = product.settingsGroups.filter(({ name }) => name === 'badges')
    assert.ok(group)
    assert.deepEqual(digits('8').config.read(group), { digits: 8 })
    assert.throws(
      () => digits('three'),
      /LATCHKEY_BADGES_DIGITS is not usable: it must be a whole number from 4 to 20/,
    )
    const misspelt = { ...env, LATCHKEY_BADGE_DIGITS: '8' }
    assert.throws(
      () => product.readSettings({ env: misspelt, folder }),
      /Did you mean LATCHKEY_BADGES_DIGITS\?/,
    )
    assert.throws(
      () => builtIn.readSettings({ env: { LATCHKEY_BADGES_DIGITS: '8' }, folder }),
      /LATCHKEY_BADGES_DIGITS is not a setting/,
    )
  })
})

for (const engine of engines)
  describe(`a module from outside counts like a built-in one (${engine})`, () => {
    let app: TestApp
    let ada: Person
    before(async () => {
      app = await startApp({
        engine,
        product,
        settings: { ...env, LATCHKEY_BADGES_DIGITS: '5' },
      })
      ada = await setUpOwner(app)
    })
    after(() => app?.stop())

    test('its operation is answered, told by mail and in the trail', async () => {
      const added = await ada.browser.do('badges.add', { number: '04217' })
      assert.equal(added.status, 200, added.text)
      const listed = await ada.browser.do('badges.list')
      assert.deepEqual(listed.body, { badges: [added.body], next: null, digits: 5 })
      const [act] = await activityOf(ada.browser)
      assert.deepEqual(
        { event: act?.event, data: act?.data },
        { event: 'user.badge:added', data: { number: '04217' } },
      )
      const mail = (await app.mails()).at(-1)
      assert.equal(mail?.subject, 'An office badge was added')
      assert.match(mail?.text ?? '', /the badge 04217 was added/)
      assert.equal(mail?.link, `${app.url}/admin/account/badges`)
    })

    test('its refusals and its setting speak: another length, a number that is taken', async () => {
      assertRefused(
        await ada.browser.do('badges.add', { number: '004217' }),
        422,
        'badges.wrong_length',
      )
      assertRefused(await ada.browser.do('badges.add', { number: '04217' }), 409, 'badges.taken')
    })

    test('what is of another person is not there for you', async () => {
      const bob = await joinAs(app, ada, 'Bob')
      const [badge] = (await ada.browser.do('badges.list')).body.badges
      assertRefused(
        await bob.browser.do('badges.remove', { badgeId: badge.id }),
        404,
        'badges.not_found',
      )
      const viewer = await joinAs(app, ada, 'Vera', 'viewer')
      assertRefused(await viewer.browser.do('badges.list'), 403, 'auth.not_allowed')
    })

    test('a token of its scope may use it, one of another scope not', async () => {
      await confirm(ada)
      const mine = withToken(app, (await makeToken(ada, { scopes: ['account:badges'] })).token)
      assert.equal((await mine.do('badges.list')).body.badges.length, 1)
      const added = await mine.do('badges.add', { number: '99999' })
      assert.equal(added.status, 200, added.text)
      const removed = await mine.do('badges.remove', { badgeId: added.body.id })
      assert.equal(removed.status, 200, removed.text)
      const other = withToken(app, (await makeToken(ada, { scopes: ['account:read'] })).token)
      assertRefused(await other.do('badges.list'), 403, 'auth.scope_missing')
    })

    test('its page has an address, and is described with everything else', async () => {
      const page = await fetch(`${app.url}/admin/account/badges`)
      assert.equal(page.status, 200)
      assert.equal((await fetch(`${app.url}/admin/account/bodges`)).status, 404)
      const document = (await (await fetch(`${app.url}/api/openapi.json`)).json()) as {
        paths: Record<string, object>
      }
      assert.ok(document.paths['/api/v1/account/badges'])
    })

    test('its way to prove it is you confirms, and is asked for as the second step', async () => {
      const bob = await joinAs(app, ada, 'Bert')
      const set = await bob.browser.do('badges.set-pin', { pin: '730915' })
      assert.equal(set.status, 200, set.text)
      app.clock.advance(hours(1))
      const refused = await bob.browser.do('badges.remove-pin')
      assertRefused(refused, 403, 'auth.confirm_again')
      assert.deepEqual(refused.body.methods, ['badge-pin'])
      const prove = (proof: string) =>
        bob.browser.do('sign-in.confirm', { method: 'badge-pin', proof })
      assertRefused(await prove('000000'), 403, 'sign-in.not_confirmed')
      assert.equal((await prove('730915')).status, 200)
      assert.equal((await bob.browser.do('badges.remove-pin')).status, 200)

      await bob.browser.do('badges.set-pin', { pin: '730915' })
      const again = await signIn(app, bob)
      assert.deepEqual((await again.do('sign-in.pending')).body.methods, ['badge-pin'])
      assertRefused(await again.do('badges.list'), 401, 'auth.sign_in_required')
      const finished = await again.do('sign-in.finish', { method: 'badge-pin', proof: '730915' })
      assert.deepEqual(finished.body, { next: 'done' })
      assert.equal((await again.do('badges.list')).status, 200)
      const [act] = await activityOf(again)
      assert.equal(act?.data.method, 'password+badge-pin')
    })

    test('taken out of the list, its tables are not forgotten: the start names it', async () => {
      await assert.rejects(
        migrate(app.db, builtIn.migrations, null),
        /used with the module badges, which is not installed now\. Put it back into the setting modules/,
      )
      const { applied } = await migrate(app.db, product.migrations, null)
      assert.deepEqual(applied, [])
    })
  })
