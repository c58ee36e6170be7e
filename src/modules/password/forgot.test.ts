// long: times are compared over twice as many rounds.
// own process: it compares times.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '#test/harness/client.ts'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  assertSameTime,
  days,
  faultsIn,
  fromElsewhere,
  hours,
  isSignedIn,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'

const visible = ({ status, headers, text }: Answer) => {
  const { date: _, 'x-request-id': __, ...rest } = headers
  return { status, headers: rest, text }
}

onEachEngine('asking for a new password', (scene) => {
  let ben: Person
  const ask = (email: unknown, headers = {}): Promise<Answer> =>
    scene.app
      .newBrowser()
      .do('password.request-reset', { email }, { ...fromElsewhere(), ...headers })
  const mailsTo = async (email: string) =>
    (await scene.app.mails()).filter((mail) => mail.to === email)

  test('the answer is the same for a known, an unknown and a disabled address', async () => {
    ben = await joinAs(scene.app, scene.owner, 'Ben')
    await scene.owner.browser.do('people.disable', { userId: ben.userId })
    const before = (await scene.app.mails()).length
    const known = await ask(scene.owner.email)
    assert.equal(known.status, 200, known.text)
    assert.equal(known.text, '{}')
    for (const email of ['nobody@example.com', ben.email, 'nobody@localhost'])
      assert.deepEqual(visible(await ask(email)), visible(known), email)
    const mails = (await scene.app.mails()).slice(before)
    assert.deepEqual(
      mails.map((mail) => [mail.to, mail.subject]),
      [[scene.owner.email, 'Choose a new password']],
    )
  })

  test('an address nobody can have is told so, whoever exists, and nothing comes of it', async () => {
    const before = (await scene.app.mails()).length
    const written = await announcedBy(scene.owner.browser, async () => {
      for (const email of ['nobody@x', 'no address', 'a@b@c', `${scene.owner.email}.x`]) {
        const refused = await ask(email)
        assertRefused(refused, 422, 'people.address_invalid')
        assert.deepEqual(faultsIn(refused), ['/email address_invalid'], email)
      }
    })
    assert.deepEqual(written, [])
    assert.equal((await scene.app.mails()).length, before)
  })

  test('the mail carries a link to this installation, good for 30 minutes', async () => {
    const [mail] = await mailsTo(scene.owner.email)
    assert.ok(mail?.link.startsWith(`${scene.app.url}/reset-password#token=`))
    assert.ok(mail?.text.includes('within 30 minutes'))
    assert.match(mail?.raw ?? '', /^Auto-Submitted: auto-generated\r$/m)
  })

  test('it leaves for the stored address, however the address was typed (A64)', async () => {
    scene.app.clock.advance(hours(2))
    const before = (await scene.app.mails()).length
    await ask('  ADA@Example.COM ')
    const [mail, ...rest] = (await scene.app.mails()).slice(before)
    assert.match(mail?.raw ?? '', /^To: ada@example\.com\r$/m)
    assert.equal(rest.length, 0)
  })

  test('two addresses in one are nobody’s (A64)', async () => {
    const before = (await scene.app.mails()).length
    const { email } = scene.owner
    for (const typed of [`${email},eve@x.com`, `${email}\neve@x.com`, `${email} eve@x.com`])
      assertRefused(await ask(typed), 422, 'people.address_invalid')
    for (const typed of [
      [email, 'eve@x.com'],
      { 0: email },
      null,
      1,
      '',
      'x'.repeat(255),
      `${email}\u0000`,
    ])
      assertRefused(await ask(typed), 400, 'http.invalid_input')
    const form = await scene.app.newBrowser().fetch({
      method: 'POST',
      path: '/api/v1/password/forgot',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `email=${email}&email=eve@x.com`,
    })
    assertRefused(form, 415, 'http.content_type')
    const twice = await scene.app.newBrowser().fetch({
      method: 'POST',
      path: `/api/v1/password/forgot?email=${email}`,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    assertRefused(twice, 400, 'http.invalid_input')
    assert.equal((await scene.app.mails()).length, before)
  })

  test('bad parameters are refused before anything is looked up (A04)', async () => {
    for (const extra of [{ redirect: 'https://evil.example' }, { locale: {} }]) {
      const answers = []
      for (const email of [scene.owner.email, 'nobody@example.com']) {
        const input = { email, ...extra }
        const answer = await scene.app.newBrowser().do('password.request-reset', input)
        assertRefused(answer, 400, 'http.invalid_input')
        const { instance: _, ...said } = answer.body
        answers.push(said)
      }
      assert.deepEqual(answers[0], answers[1])
    }
  })

  test('asking neither signs anybody out nor locks anybody out', async () => {
    const browser = await signIn(scene.app, scene.owner)
    for (let time = 0; time < 5; time += 1) await ask(scene.owner.email)
    assert.equal(await isSignedIn(scene.app, browser), true)
    assert.equal(await isSignedIn(scene.app, await signIn(scene.app, scene.owner)), true)
  })

  test('an address gets three mails an hour and ten a day, whoever asks from wherever (A66)', async () => {
    scene.app.clock.advance(days(2))
    const { email } = scene.owner
    const before = (await mailsTo(email)).length
    const sent = async () => (await mailsTo(email)).length - before
    const first = await ask(email)
    for (let time = 0; time < 9; time += 1)
      assert.deepEqual(visible(await ask(email)), visible(first), 'outwardly unchanged')
    assert.equal(await sent(), 3)
    for (let hour = 0; hour < 4; hour += 1) {
      scene.app.clock.advance(minutes(61))
      for (let time = 0; time < 4; time += 1) await ask(email)
    }
    assert.equal(await sent(), 10)
    scene.app.clock.advance(days(1))
    await ask(email)
    assert.equal(await sent(), 11)
  })

  test('a hundred asking at once do not get past the cap (A66)', async () => {
    scene.app.clock.advance(days(2))
    const before = (await mailsTo(scene.owner.email)).length
    const answers = await Promise.all(times(100, () => ask(scene.owner.email)))
    for (const answer of answers) assert.equal(answer.status, 200, answer.text)
    assert.equal((await mailsTo(scene.owner.email)).length - before, 3)
  })

  test('one caller asking for many addresses is slowed down', async () => {
    const from = fromElsewhere()
    const answers = []
    for (let index = 0; index < 31; index += 1)
      answers.push(await ask(`person${index}@example.com`, from))
    const last = answers.at(-1)
    assertRefused(last as Answer, 429, 'http.too_many_requests')
    assert.ok(Number(last?.headers['retry-after']) > 0)
  })

  test('what was asked stands in the trail of the account, sent or not', async () => {
    scene.app.clock.advance(days(2))
    const browser = await signIn(scene.app, scene.owner)
    const written = await announcedBy(browser, async () => {
      for (let time = 0; time < 4; time += 1) await ask(scene.owner.email)
    })
    const reset = 'user.password:reset_requested'
    assert.deepEqual(written, [...times(3, () => `${reset} success`), `${reset} failure`])
    assert.deepEqual((await activityOf(browser))[0]?.data, {})
  })

  test('the time taken tells nothing (A04)', async () => {
    await assertSameTime(12, (round) => {
      // Time passes the cap, so that a mail is queued for each known address.
      scene.app.clock.advance(days(1))
      const timed = (email: string) => async () => {
        const since = performance.now()
        await ask(email)
        return performance.now() - since
      }
      return [timed(scene.owner.email), timed(`nobody${round}@example.com`), timed(ben.email)]
    })
  })
})
