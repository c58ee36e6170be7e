// long: times are compared over twice as many rounds.
// own process: it compares times.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '#test/harness/client.ts'
import { joinAs, type Person } from '#test/harness/people.ts'
import {
  activityOf,
  assertRefused,
  assertSameTime,
  confirm,
  fromElsewhere,
  hours,
  isSignedIn,
  onEachEngine,
} from '#test/harness/scene.ts'

/** Everything an onlooker can compare: the request's own id and the moment are the only things that may differ. */
const visible = ({ status, headers, text }: Answer) => {
  const { date: _, 'x-request-id': id, ...rest } = headers
  return { status, headers: rest, text: text.replaceAll(String(id), 'ID') }
}

/** Spellings of ada@example.com that people and attackers type. */
const spellings = [
  'ADA@EXAMPLE.COM',
  '  ada@example.com\t',
  'ada＠example.com',
  'ａｄａ@ｅｘａｍｐｌｅ.ｃｏｍ',
  'Ada@Example.Com',
]

/** Look-alikes and lists, none of which is that address. */
const strangers = [
  'ada@example.com,eve@example.com',
  'ada@example.com;eve@example.com',
  'ada@example.com\neve@example.com',
  '"ada"@example.com',
  'ada(hello)@example.com',
  'ada@example.com@evil.example',
  'ad\u0430@example.com',
  'ada\u200d@example.com',
  'ada+tag@example.com',
  'ada@example.com.',
  'ada',
  '@example.com',
  'áda@example.com',
  'a\u0301da@example.com',
]

onEachEngine(
  'one answer for wrong, unknown and disabled',
  (scene) => {
    let ben: Person
    const attempt = (email: string, password: string) =>
      scene.app.newBrowser().do('sign-in.start', { email, password }, fromElsewhere())

    test('a wrong password, an unknown address and a disabled account cannot be told apart', async () => {
      ben = await joinAs(scene.app, scene.owner, 'Ben')
      await scene.owner.browser.do('people.disable', { userId: ben.userId })
      const wrong = await attempt(scene.owner.email, 'wrong-password-1')
      assertRefused(wrong, 401, 'sign-in.failed')
      assert.equal(wrong.headers['set-cookie'], undefined)
      const others: [string, Answer][] = [
        ['unknown', await attempt('nobody@example.com', 'wrong-password-1')],
        ['disabled, wrong password', await attempt(ben.email, 'wrong-password-1')],
        ['disabled, right password', await attempt(ben.email, ben.password)],
        ['no address at all', await attempt('not an address', 'wrong-password-1')],
      ]
      for (const [what, answer] of others) assert.deepEqual(visible(answer), visible(wrong), what)
    })

    test('the time taken does not tell either (A02)', async () => {
      const timed = async (email: string) => {
        const since = performance.now()
        assert.equal((await attempt(email, 'wrong-password-1')).status, 401)
        return performance.now() - since
      }
      await assertSameTime(12, (round) => {
        // Past every wait: what is measured is the check, not the guard in front of it.
        scene.app.clock.advance(hours(2))
        return [
          () => timed(scene.owner.email),
          () => timed(`nobody${round}@example.com`),
          () => timed(ben.email),
        ]
      })
    })

    test('every spelling of your address is your address (A08, A18)', async () => {
      for (const email of spellings) {
        scene.app.clock.advance(hours(2))
        const answer = await attempt(email, scene.owner.password)
        assert.equal(answer.status, 200, email)
      }
    })

    test('a wrong guess under any spelling stands in the one trail (A08)', async () => {
      const browser = scene.app.newBrowser()
      const { email, password } = scene.owner
      await browser.do('sign-in.start', { email, password }, fromElsewhere())
      const before = (await activityOf(browser)).filter((act) => act.event === 'user:login_failed')
      for (const spelling of spellings) await attempt(spelling, 'wrong-password-1')
      const after = (await activityOf(browser)).filter((act) => act.event === 'user:login_failed')
      assert.ok(after.length - before.length >= 4, 'each one was counted for the same account')
    })

    test('an address that only looks like yours is not yours, even with your password (A18)', async () => {
      for (const email of strangers) {
        scene.app.clock.advance(hours(2))
        const answer = await attempt(email, scene.owner.password)
        assertRefused(answer, 401, 'sign-in.failed')
      }
    })

    test('nobody is invited twice under two spellings of one address (A18)', async () => {
      const { email, password } = scene.owner
      scene.app.clock.advance(hours(2))
      const browser = scene.app.newBrowser()
      await browser.do('sign-in.start', { email, password }, fromElsewhere())
      await confirm({ ...scene.owner, browser })
      for (const spelling of [...spellings, 'BEN@example.com'])
        assertRefused(
          await browser.do('people.invite', { email: spelling, role: 'member' }),
          409,
          'people.already_member',
        )
      for (const typed of strangers.filter((one) => !/^ada\+tag|^ada@example\.com\.$/.test(one)))
        assertRefused(
          await browser.do('people.invite', { email: typed, role: 'member' }),
          422,
          'people.address_invalid',
        )
      const twin = await browser.do('people.invite', {
        email: 'max@münchen.example',
        role: 'member',
      })
      assert.equal(twin.status, 200, twin.text)
      const mails = await scene.app.mails()
      assert.match(mails.at(-1)?.raw ?? '', /^To: max@xn--mnchen-3ya\.example\r$/m)
      assert.equal(await isSignedIn(scene.app, browser), true)
    })
  },
  { hashing: 'real' },
)
