import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, systemActor } from '#platform/context.ts'
import { issueOneTimeToken } from '#platform/identity/one-time-token.ts'
import type { Answer } from '#test/harness/client.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { passwordOf, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  assertRefused,
  days,
  fromElsewhere,
  hours,
  minutes,
  onEachEngine,
} from '#test/harness/scene.ts'

const password = passwordOf('basalt')

const visible = ({ status, headers, text }: Answer) => {
  const { date: _, 'x-request-id': __, ...rest } = headers
  return { status, headers: rest, text }
}

const refusalUnder = { invite: 'sign-in.sign_up_closed', closed: 'sign-in.closed' } as const
const letIn = { name: 'Nia', password }

for (const policy of ['invite', 'closed'] as const) {
  onEachEngine(
    `sign-up when it is ${policy}`,
    (scene) => {
      /** A link that was mailed while another rule was in force. */
      const linkOfBefore = async (how: 'invitation' | 'sign-up'): Promise<string> => {
        const organisationId = (await scene.owner.browser.do('account.me')).body.organisation.id
        return issueOneTimeToken(createContext(scene.app.app.services, systemActor('test')), {
          kind: 'join',
          userId: null,
          ttlSeconds: 3600,
          state: {
            email: `${how}@example.com`,
            role: 'member',
            organisationId,
            how,
          },
        })
      }
      const join = async (how: 'invitation' | 'sign-up') =>
        scene.app
          .newBrowser()
          .do('sign-in.join', { token: await linkOfBefore(how), ...letIn }, fromElsewhere())

      test('strangers are told so, whoever they say they are, and no mail leaves', async () => {
        for (const email of ['new@example.com', scene.owner.email, 'not an address']) {
          const answer = await scene.app.newBrowser().do('sign-in.sign-up', { email })
          assertRefused(answer, 403, refusalUnder[policy])
        }
        assert.deepEqual(await scene.app.mails(), [])
        assert.equal((await scene.app.newBrowser().do('sign-in.status')).body.signUp, policy)
      })

      test('a link from when anybody could sign up opens nothing any more', async () => {
        assertRefused(await join('sign-up'), 403, refusalUnder[policy])
      })

      test(
        policy === 'invite' ? 'an invitation lets somebody in' : 'no invitation lets anybody in',
        async () => {
          const [invited, joined] = [
            await scene.owner.browser.do('people.invite', {
              email: 'bob@example.com',
              role: 'member',
            }),
            await join('invitation'),
          ]
          if (policy === 'invite') {
            assert.deepEqual([invited.status, joined.status], [200, 200])
            return
          }
          assertRefused(invited, 403, 'people.closed')
          assertRefused(joined, 403, 'sign-in.closed')
          assert.deepEqual(await scene.app.mails(), [], 'nobody is told to come')
          const { people } = (await scene.owner.browser.do('people.list')).body
          assert.equal(people.length, 1)
        },
      )
    },
    { settings: { LATCHKEY_SIGN_IN_SIGN_UP: policy } },
  )
}

onEachEngine(
  'sign-up when it is open',
  (scene) => {
    const ask = (email: unknown): Promise<Answer> =>
      scene.app.newBrowser().do('sign-in.sign-up', { email }, fromElsewhere())
    const mailsTo = async (email: string) =>
      (await scene.app.mails()).filter((mail) => mail.to === email)
    const join = (token: string, browser = scene.app.newBrowser()) =>
      browser.do('sign-in.join', { token, name: 'Nia', password }, fromElsewhere())

    test('a mailed link proves the address, and only then is there an account (A68)', async () => {
      assert.equal((await ask('Nia@Example.com')).status, 200)
      const email = 'nia@example.com'
      const early = await scene.app.newBrowser().do('sign-in.start', { email, password })
      assertRefused(early, 401, 'sign-in.failed')
      const [mail] = await mailsTo(email)
      assert.match(mail?.link ?? '', /\/verify-email#token=/)
      const browser = scene.app.newBrowser()
      assert.equal((await join(tokenIn(mail), browser)).status, 200)
      assert.equal((await browser.do('account.me')).body.role, 'member')
      assert.deepEqual((await activityOf(browser)).at(-1)?.data, { role: 'member', how: 'sign-up' })
      assertRefused(await join(tokenIn(mail)), 410, 'sign-in.link_invalid')
    })

    test('a known address gets another mail and the same answer', async () => {
      const [unknown, known] = [await ask('other@example.com'), await ask(scene.owner.email)]
      assert.deepEqual(visible(known), visible(unknown))
      const [mail] = await mailsTo(scene.owner.email)
      assert.equal(mail?.subject, 'You already have an account')
      assert.equal(tokenIn(mail), '', 'there is nothing in it that opens anything')
    })

    test('the link is good for 24 hours', async () => {
      await ask('late@example.com')
      const [mail] = await mailsTo('late@example.com')
      scene.app.clock.advance(hours(24) + 1000)
      assertRefused(await join(tokenIn(mail)), 410, 'sign-in.link_invalid')
    })

    test('one address gets three mails an hour and ten a day, whoever asks (A66)', async () => {
      const email = 'flooded@example.com'
      for (let time = 0; time < 6; time += 1) assert.equal((await ask(email)).status, 200)
      assert.equal((await mailsTo(email)).length, 3)
      for (let hour = 0; hour < 5; hour += 1) {
        scene.app.clock.advance(minutes(61))
        for (let time = 0; time < 4; time += 1) await ask(email)
      }
      assert.equal((await mailsTo(email)).length, 10)
      scene.app.clock.advance(days(1))
      await ask(email)
      assert.equal((await mailsTo(email)).length, 11)
    })

    test('many asking for one address at once do not get past the cap', async () => {
      const email = 'storm@example.com'
      await Promise.all(Array.from({ length: 20 }, () => ask(email)))
      assert.equal((await mailsTo(email)).length, 3)
    })

    test('strangers who ask for somebody’s address hold up no invitation to it', async () => {
      const email = 'wanted@example.com'
      const browser = await signIn(scene.app, scene.owner)
      for (let time = 0; time < 6; time += 1) await ask(email)
      const invited = await browser.do('people.invite', { email, role: 'member' })
      assert.equal(invited.status, 200, invited.text)
      const mails = await mailsTo(email)
      assert.equal(mails.length, 4)
      assert.equal((await join(tokenIn(mails.at(-1)))).status, 200)
    })

    test('a known address is as capped as an unknown one', async () => {
      scene.app.clock.advance(days(2))
      const before = (await mailsTo(scene.owner.email)).length
      for (let time = 0; time < 6; time += 1) await ask(scene.owner.email)
      assert.equal((await mailsTo(scene.owner.email)).length, before + 3)
    })

    test('what is not one plain address is refused and mails nobody (A18, A64)', async () => {
      const before = (await scene.app.mails()).length
      const refused = [
        'a@b@c.d',
        'a@x.com,b@x.com',
        '"a b"@x.com',
        'a@x.com\r\nbcc: e@x.com',
        'a b@x.com',
      ]
      for (const email of refused) assertRefused(await ask(email), 422, 'people.address_invalid')
      for (const email of [['a@x.com'], { 0: 'a@x.com' }, 7, null, '', 'x'.repeat(300)])
        assertRefused(await ask(email), 400, 'http.invalid_input')
      assert.equal((await scene.app.mails()).length, before)
    })

    test('a disabled person cannot come back through sign-up', async () => {
      await ask('gone@example.com')
      const [mail] = await mailsTo('gone@example.com')
      const browser = scene.app.newBrowser()
      await join(tokenIn(mail), browser)
      const { userId } = (await browser.do('account.me')).body
      const owner = await signIn(scene.app, scene.owner)
      assert.equal((await owner.do('people.disable', { userId })).status, 200)
      await ask('gone@example.com')
      const letters = await mailsTo('gone@example.com')
      for (const letter of letters)
        assert.notEqual((await join(tokenIn(letter).padEnd(43, 'x'))).status, 200)
    })
  },
  { settings: { LATCHKEY_SIGN_IN_SIGN_UP: 'open' } },
)
