import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { createContext, systemActor } from '#platform/context.ts'
import { engines, startApp, type TestApp } from '#test/harness/app.ts'
import type { Answer } from '#test/harness/client.ts'
import { assertRefused, countStatuses, days, faultsIn, times } from '#test/harness/scene.ts'
import { prepareSetup } from './api.ts'

const strong = 'quartz:violet-kettle-93-harbour'
const form = { organisationName: 'Acme', name: 'Ada', email: 'ada@example.com', password: strong }

const rowsIn = async (
  app: TestApp,
  table: 'organisations' | 'people' | 'sessions' | 'passwords',
) => {
  type Tables = Record<typeof table, { id: string }>
  const rows = await app.db.withTables<Tables>().selectFrom(table).selectAll().execute()
  return rows.length
}

const assertNothingWritten = async (app: TestApp) => {
  for (const table of ['organisations', 'people', 'passwords', 'sessions'] as const)
    assert.equal(await rowsIn(app, table), 0, `something was left in ${table}`)
}

/** What the program does when it is started again. */
const restart = (app: TestApp) => prepareSetup(createContext(app.app.services, systemActor('test')))

const setupOf = async (app: TestApp): Promise<string> =>
  (await app.newBrowser().do('sign-in.status')).body.setup

for (const engine of engines) {
  describe(`setting up (${engine})`, () => {
    let app: TestApp
    const finish = (input: object = {}): Promise<Answer> =>
      app.newBrowser().do('sign-in.set-up', { code: app.setupCode, ...form, ...input })

    beforeEach(async () => {
      app = await startApp({ engine })
    })
    afterEach(() => app.stop())

    test('the printed code creates the organisation and its owner, who is signed in at once', async () => {
      assert.match(app.setupCode, /^cfs_[A-Za-z0-9_-]{43}$/)
      assert.equal(await setupOf(app), 'waiting')
      const browser = app.newBrowser()
      const done = await browser.do('sign-in.set-up', { code: app.setupCode, ...form })
      assert.equal(done.status, 200, done.text)
      assert.equal(await setupOf(app), 'done')
      const { body } = await browser.do('account.me')
      assert.deepEqual(
        [body.name, body.email, body.role, body.organisation.name],
        ['Ada', 'ada@example.com', 'owner', 'Acme'],
      )
      const trail = await browser.do('activity.list')
      const events = trail.body.entries.map((entry: { event: string }) => entry.event)
      assert.deepEqual(events, ['user:logged_in', 'user:joined'])
    })

    test('the code counts without its prefix and with blanks around it, as people paste it', async () => {
      const done = await finish({ code: `  ${app.setupCode.replace('cfs_', '')}\n` })
      assert.equal(done.status, 200, done.text)
    })

    test('a stranger without the code gets nowhere and leaves nothing behind', async () => {
      for (const code of ['cfs_', 'x', `${app.setupCode}x`, app.setupCode.toUpperCase()]) {
        const refused = await finish({ code })
        assertRefused(refused, 403, 'sign-in.setup_code')
        assert.deepEqual(faultsIn(refused), ['/code setup_code'])
        assert.equal(refused.headers['set-cookie'], undefined)
      }
      await assertNothingWritten(app)
      assert.equal((await finish()).status, 200, 'the right code still works')
    })

    test('a weak password or an impossible address is refused and leaves nothing behind', async () => {
      for (const password of ['password1', 'ada@example.com', 'ADA.example.com', 'acme-acme'])
        assertRefused(await finish({ password }), 422, 'password.too_weak')
      assertRefused(
        await finish({ email: 'ada@example.com, eve@example.com' }),
        422,
        'people.address_invalid',
      )
      assertRefused(await finish({ name: '  ' }), 400, 'http.invalid_input')
      assertRefused(await finish({ organisationName: 'Ac\u202eme' }), 400, 'http.invalid_input')
      assertRefused(await finish({ role: 'owner' }), 400, 'http.invalid_input')
      await assertNothingWritten(app)
      assert.equal(await setupOf(app), 'waiting')
      assert.equal((await finish()).status, 200, 'the code was not used up')
    })

    test('of twenty people finishing at once exactly one becomes the owner', async () => {
      const answers = await Promise.all(
        times(20, (index) =>
          finish({ email: `person${index}@example.com`, organisationName: `Company ${index}` }),
        ),
      )
      assert.deepEqual(countStatuses(answers), { 200: 1, 409: 19 })
      for (const lost of answers.filter((answer) => answer.status === 409)) {
        assertRefused(lost, 409, 'sign-in.setup_done')
        assert.equal(lost.headers['set-cookie'], undefined)
      }
      for (const table of ['organisations', 'people', 'passwords', 'sessions'] as const)
        assert.equal(await rowsIn(app, table), 1, `one row in ${table}`)
    })

    test('it works once: afterwards the same code and every other are told that it is done', async () => {
      await finish()
      const again = { email: 'eve@example.com' }
      assertRefused(await finish(again), 409, 'sign-in.setup_done')
      assertRefused(await finish({ ...again, code: 'cfs_made-up' }), 409, 'sign-in.setup_done')
      assert.equal(await restart(app), null, 'no further code is printed')
      assert.equal(await rowsIn(app, 'people'), 1)
    })

    test('the code printed after a restart replaces the one before', async () => {
      const next = await restart(app)
      assert.ok(next && next !== app.setupCode)
      assertRefused(await finish(), 403, 'sign-in.setup_code')
      assert.equal((await finish({ code: next })).status, 200)
    })

    test('a code nobody used for a month is no good any more', async () => {
      app.clock.advance(days(30) + 1000)
      assertRefused(await finish(), 403, 'sign-in.setup_code')
      await assertNothingWritten(app)
    })

    test('before it is done nobody can sign in, sign up or ask for a link', async () => {
      const browser = app.newBrowser()
      const { email, password } = form
      assertRefused(await browser.do('sign-in.start', { email, password }), 401, 'sign-in.failed')
      assertRefused(await browser.do('sign-in.sign-up', { email }), 403, 'sign-in.sign_up_closed')
      assert.equal((await browser.do('password.request-reset', { email })).status, 200)
      assert.deepEqual(await app.mails(), [])
    })
  })
}
