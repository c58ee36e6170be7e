import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '#test/harness/client.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { passwordOf, signIn } from '#test/harness/people.ts'
import { assertRefused, fromElsewhere, minutes, onEachEngine } from '#test/harness/scene.ts'

const password = passwordOf('feldspar')

/** Every place that takes a one-time secret. */
const presented = {
  'sign-in.join': (token: string) => ({ token, name: 'Eve', password }),
  'password.reset': (token: string) => ({ token, newPassword: password }),
  'sign-in.lift-lock': (token: string) => ({ token }),
  'sign-in.set-up': (code: string) => ({
    code,
    organisationName: 'Evil',
    name: 'Eve',
    email: 'eve@example.com',
    password,
  }),
} as const
type Place = keyof typeof presented

onEachEngine(
  'one-time links (A46)',
  (scene) => {
    const present = (
      place: Place,
      token: string,
      browser = scene.app.newBrowser(),
    ): Promise<Answer> => browser.do(place, presented[place](token), fromElsewhere())

    const lastMail = async (what: RegExp) => {
      const mail = (await scene.app.mails()).findLast((one) => what.test(one.link))
      assert.ok(mail, `there was no mail with ${what}`)
      return tokenIn(mail)
    }

    /** One fresh secret of each kind, and the only place that may take it. */
    const makeAll = async (): Promise<readonly { place: Place; token: string }[]> => {
      const owner = await signIn(scene.app, scene.owner)
      await owner.do('people.invite', { email: 'invited@example.com', role: 'admin' })
      const invitation = await lastMail(/\/invite#/)
      await scene.app.newBrowser().do('sign-in.sign-up', { email: 'new@example.com' })
      const signUp = await lastMail(/\/verify-email#/)
      const { email } = scene.owner
      for (let guess = 0; guess < 10; guess += 1) {
        const input = { email, password: 'a wrong guess 1' }
        await scene.app.newBrowser().do('sign-in.start', input, fromElsewhere())
        scene.app.clock.advance(minutes(20))
      }
      const unlock = await lastMail(/\/unlock#/)
      await scene.app.newBrowser().do('password.request-reset', { email })
      const reset = await lastMail(/\/reset-password#/)
      return [
        { place: 'sign-in.join', token: invitation },
        { place: 'sign-in.join', token: signUp },
        { place: 'sign-in.lift-lock', token: unlock },
        { place: 'password.reset', token: reset },
      ]
    }

    test('each kind opens only what it was made for, once, and the refusal says nothing', async () => {
      const all = await makeAll()
      const places = Object.keys(presented) as Place[]
      for (const { place: own, token } of all)
        for (const place of places.filter((one) => one !== own)) {
          const refused = await present(place, token)
          if (place === 'sign-in.set-up') assertRefused(refused, 409, 'sign-in.setup_done')
          else assert.equal(refused.status, 410, `${own} at ${place}: ${refused.text}`)
          assert.equal(refused.headers['set-cookie'], undefined)
        }
      for (const { place, token } of all)
        assert.equal((await present(place, token)).status, 200, `${place} still takes its own`)
      for (const { place, token } of all)
        assert.equal((await present(place, token)).status, 410, `${place}, a second time`)
    })

    test('no link is a session, and no session is a link', async () => {
      const browser = await signIn(scene.app, { ...scene.owner, password })
      const value = browser.cookies.get('latchkey') ?? ''
      for (const place of ['sign-in.join', 'password.reset', 'sign-in.lift-lock'] as const)
        assert.equal((await present(place, value)).status, 410)
      await scene.app.newBrowser().do('password.request-reset', { email: scene.owner.email })
      const token = await lastMail(/\/reset-password#/)
      const thief = scene.app.newBrowser()
      thief.cookies.set('latchkey', token)
      assert.equal((await thief.do('account.me')).status, 401)
    })

    test('secrets travel behind the # of a link, so that no server and no log sees them (A76)', async () => {
      for (const mail of await scene.app.mails()) {
        const token = tokenIn(mail)
        if (!token) continue
        const [before = '', after = ''] = mail.link.split('#')
        assert.ok(!before.includes(token) && after.includes(token), mail.subject)
        assert.ok(before.startsWith(`${scene.app.url}/`), 'the configured address, nobody’s header')
      }
    })

    test('a forged Host header never gets into a link', async () => {
      const before = (await scene.app.mails()).length
      for (const headers of [
        { 'x-forwarded-host': 'evil.example' },
        { forwarded: 'host=evil.example' },
      ])
        await scene.app
          .newBrowser()
          .do('sign-in.sign-up', { email: 'host@example.com' }, headers as Record<string, string>)
      const foreign = await scene.app
        .newBrowser()
        .do('sign-in.sign-up', { email: 'host@example.com' }, { host: 'evil.example' })
      assertRefused(foreign, 421, 'http.misdirected')
      const since = (await scene.app.mails()).slice(before)
      assert.equal(since.length, 2)
      for (const mail of since) assert.ok(!mail.raw.includes('evil.example'))
    })
  },
  { settings: { LATCHKEY_SIGN_IN_SIGN_UP: 'open' } },
)

onEachEngine(
  'the setup code',
  (scene) => {
    test('opens nothing but the setup (A46)', async () => {
      const code = scene.app.setupCode.replace('cfs_', '')
      for (const place of ['sign-in.join', 'password.reset', 'sign-in.lift-lock'] as const) {
        const answer = await scene.app.newBrowser().do(place, presented[place](code))
        assert.equal(answer.status, 410, answer.text)
      }
      const done = await scene.app
        .newBrowser()
        .do('sign-in.set-up', presented['sign-in.set-up'](scene.app.setupCode))
      assert.equal(done.status, 200, done.text)
    })
  },
  { isSetUp: false },
)
