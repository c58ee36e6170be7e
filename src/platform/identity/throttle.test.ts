import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createContext, systemActor } from '#platform/context.ts'
import { newcomer } from '#test/harness/factors.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { type Person, signIn } from '#test/harness/people.ts'
import {
  assertRefused,
  countStatuses,
  days,
  fromElsewhere,
  hours,
  minutes,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'
import { countGuess, deleteOldGuesses, type Guess, settleGuesses } from './throttle.ts'

const wrong = 'a wrong guess 1'

onEachEngine('guessing at a password', (scene) => {
  const guess = (
    email: string,
    password = wrong,
    from: Readonly<Record<string, string>> = fromElsewhere(),
  ) => scene.app.newBrowser().do('sign-in.start', { email, password }, from)
  const waitOf = (answer: Awaited<ReturnType<typeof guess>>) =>
    Number(answer.headers['retry-after'])

  test('five mistakes are free, then each wait is twice the one before, up to an hour', async () => {
    const { email, password } = await newcomer(scene)
    for (let free = 0; free < 5; free += 1) assertRefused(await guess(email), 401, 'sign-in.failed')
    for (const seconds of [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]) {
      const refused = await guess(email, password)
      assertRefused(refused, 429, 'http.too_many_requests')
      assert.ok(Math.abs(waitOf(refused) - seconds) <= 2, `${waitOf(refused)} for ${seconds}`)
      // A refused attempt is not counted: an attacker who keeps trying does not make the owner wait longer.
      assertRefused(await guess(email), 429, 'http.too_many_requests')
      scene.app.clock.advance((seconds + 1) * 1000)
      assertRefused(await guess(email), 401, 'sign-in.failed')
    }
    scene.app.clock.advance(hours(1))
    assert.equal((await guess(email, password)).status, 200)
    for (let free = 0; free < 5; free += 1) assertRefused(await guess(email), 401, 'sign-in.failed')
  })

  test('the right password within the free ones makes them all free again', async () => {
    const { email, password } = await newcomer(scene)
    for (let round = 0; round < 3; round += 1) {
      for (let free = 0; free < 4; free += 1) assert.equal((await guess(email)).status, 401)
      assert.equal((await guess(email, password)).status, 200)
    }
  })

  test('every spelling and every place that takes the password drain one count (A08)', async () => {
    const person = await newcomer(scene)
    const [name = '', domain = ''] = person.email.split('@')
    // A browser the account does not know, so that the attempts go to the count of unknown browsers.
    const session = person.browser
    session.cookies.delete('latchkey-device')
    const spellings = [
      person.email.toUpperCase(),
      ` ${name}@${domain.toUpperCase()} `,
      `${name.replace('p', 'ｐ')}＠${domain}`.replace('＠', '@'),
    ]
    for (const email of spellings) assertRefused(await guess(email), 401, 'sign-in.failed')
    const confirming = { method: 'password', proof: wrong }
    assertRefused(await session.do('sign-in.confirm', confirming), 403, 'sign-in.not_confirmed')
    const changing = { currentPassword: wrong, newPassword: 'granite-lantern-47-orchard' }
    assertRefused(await session.do('password.change', changing), 403, 'password.wrong')
    for (const answer of [
      await guess(person.email, person.password),
      await guess(spellings[1] ?? '', person.password),
      await session.do('sign-in.confirm', { ...confirming, proof: person.password }),
      await session.do('password.change', { ...changing, currentPassword: person.password }),
    ])
      assertRefused(answer, 429, 'http.too_many_requests')
  })

  test('fifty at once count as fifty: no more are checked than are allowed (A12)', async () => {
    const { email, password } = await newcomer(scene)
    const answers = await Promise.all(times(50, (index) => guess(email, `wrong ${index}`)))
    const { 401: checked = 0, 429: refused = 0, ...other } = countStatuses(answers)
    assert.ok(checked >= 1 && checked <= 5, `${checked} were checked`)
    // A check may be refused with 503 while the machine is busy; it was counted all the same.
    assert.equal(checked + refused + (other[503] ?? 0), 50)
    assertRefused(await guess(email, password), 429, 'http.too_many_requests')
  })

  test('an address nobody has behaves like one that somebody has, to the last header', async () => {
    const { email } = await newcomer(scene)
    const changing = /^(date|x-request-id|ratelimit|set-cookie)$/
    const seen = async (who: string) => {
      const answers = []
      for (let attempt = 0; attempt < 8; attempt += 1) {
        const { status, headers, body } = await guess(who, wrong, fromElsewhere())
        const kept = Object.entries(headers).filter(([name]) => !changing.test(name))
        const { instance: _, ...rest } = body
        answers.push({ status, headers: Object.fromEntries(kept), rest })
      }
      return answers
    }
    const round = (answers: Awaited<ReturnType<typeof seen>>) =>
      JSON.parse(
        JSON.stringify(answers).replace(
          /("retry-after":"|"retryAfterSeconds":)(\d+)/g,
          (_, name, seconds) => `${name}${Math.round(Number(seconds) / 10) * 10}`,
        ),
      )
    const known = round(await seen(email))
    assert.deepEqual(round(await seen('nobody-at-all@example.com')), known)
    assert.deepEqual(
      known.map((one: { status: number }) => one.status),
      [401, 401, 401, 401, 401, 429, 429, 429],
    )
    assert.deepEqual(
      round(await seen('not an address')).map((one: { status: number }) => one.status),
      [401, 401, 401, 401, 401, 429, 429, 429],
    )
  })

  test('a stranger’s guesses do not lock the owner out of a browser they have used (A15)', async () => {
    const person = await newcomer(scene)
    const { email, password, browser } = person
    for (let attempt = 0; attempt < 8; attempt += 1) await guess(email)
    assertRefused(await guess(email, password), 429, 'http.too_many_requests')
    await browser.do('sign-in.end')
    const start = (typed: string) =>
      browser.do('sign-in.start', { email, password: typed }, fromElsewhere())
    for (let slip = 0; slip < 10; slip += 1)
      assertRefused(await start(wrong), 401, 'sign-in.failed')
    assert.equal((await start(password)).status, 200)
    assertRefused(await guess(email, password), 429, 'http.too_many_requests')
    for (let slip = 0; slip < 20; slip += 1) assert.equal((await start(wrong)).status, 401)
    assertRefused(await start(password), 429, 'http.too_many_requests')
  })

  test('nor is a browser recognised because it says so, or knew somebody else', async () => {
    const [ada, eve] = [await newcomer(scene), await newcomer(scene)]
    for (let attempt = 0; attempt < 6; attempt += 1) await guess(ada.email)
    for (const browser of [scene.app.newBrowser(), eve.browser]) {
      if (browser !== eve.browser) browser.cookies.set('latchkey-device', 'A'.repeat(43))
      const input = { email: ada.email, password: ada.password }
      assertRefused(
        await browser.do('sign-in.start', input, fromElsewhere()),
        429,
        'http.too_many_requests',
      )
    }
  })

  test('after ten failures the owner gets a link that lifts the wait, once', async () => {
    const { email, password } = await newcomer(scene)
    const sent = (await scene.app.mails()).length
    for (let failure = 0; failure < 12; failure += 1) {
      assert.equal((await guess(email)).status, 401)
      scene.app.clock.advance(hours(1))
    }
    const mails = (await scene.app.mails()).slice(sent)
    assert.deepEqual(
      mails.map((mail) => [mail.to, mail.subject]),
      [[email, 'Somebody is guessing your password']],
      'one mail, at the tenth',
    )
    await guess(email)
    assertRefused(await guess(email, password), 429, 'http.too_many_requests')
    const token = tokenIn(mails[0])
    const lift = () => scene.app.newBrowser().do('sign-in.lift-lock', { token }, fromElsewhere())
    assert.equal((await lift()).status, 200)
    assert.equal((await guess(email, password)).status, 200)
    assertRefused(await lift(), 410, 'sign-in.link_invalid')
    assert.equal((await scene.app.mails()).length, sent + 1)
  })

  test('a new password by link opens it again, in a browser the person used before as well', async () => {
    const person = await newcomer(scene)
    const { email, browser } = person
    const fresh = 'granite-lantern-47-orchard'
    await browser.do('sign-in.end')
    const start = (password: string) =>
      browser.do('sign-in.start', { email, password }, fromElsewhere())
    for (let slip = 0; slip < 21; slip += 1) await start(wrong)
    assertRefused(await start(person.password), 429, 'http.too_many_requests')
    for (let attempt = 0; attempt < 6; attempt += 1) await guess(email)
    await browser.do('password.request-reset', { email }, fromElsewhere())
    const token = tokenIn((await scene.app.mails()).at(-1))
    const done = await browser.do('password.reset', { token, newPassword: fresh }, fromElsewhere())
    assert.equal(done.status, 200, done.text)
    assert.equal((await guess(email, fresh)).status, 200)
    assert.equal((await start(fresh)).status, 200)
  })

  test('a hundred in a row close the account to guessing, until the password is replaced (A16)', async () => {
    const person = await newcomer(scene)
    const { email, password } = person
    // A hundred hashes take seconds, so most attempts are only counted, as the sign-in page counts them.
    const about: Guess = {
      rule: { name: 'password', free: 5, hardMax: 100 },
      about: person.userId,
    }
    const ctx = createContext(scene.app.app.services, systemActor('test'))
    for (let failure = 0; failure < 97; failure += 1) {
      await countGuess(ctx, [about])
      scene.app.clock.advance(hours(1))
    }
    for (let last = 97; last < 100; last += 1) {
      assert.equal((await guess(email)).status, 401, `number ${last + 1}`)
      scene.app.clock.advance(hours(1))
    }
    scene.app.clock.advance(days(40))
    await deleteOldGuesses(ctx)
    const closed = await guess(email, password)
    assertRefused(closed, 429, 'http.too_many_requests')
    assert.equal(waitOf(closed), 3600)
    await settleGuesses(ctx, { forgiven: [about], uncounted: [] })
    assertRefused(await guess(email, password), 429, 'http.too_many_requests')
    const fresh = 'granite-lantern-47-orchard'
    await scene.app.newBrowser().do('password.request-reset', { email }, fromElsewhere())
    const token = tokenIn((await scene.app.mails()).at(-1))
    const reset = { token, newPassword: fresh }
    assert.equal((await scene.app.newBrowser().do('password.reset', reset)).status, 200)
    assert.equal((await guess(email, fresh)).status, 200)
  })
})

onEachEngine('counting guesses', (scene) => {
  let names = 0
  const aGuess = (rule: Partial<Guess['rule']> = {}): readonly [Guess] => {
    names += 1
    return [{ rule: { name: 'test', free: 5, hardMax: 100, ...rule }, about: `thing ${names}` }]
  }
  const ctx = () => createContext(scene.app.app.services, systemActor('test'))
  const count = (guesses: readonly [Guess, ...Guess[]]) => countGuess(ctx(), guesses)

  test('a failure is counted although the work around it fails (A14)', async () => {
    const counted = aGuess()
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await assert.rejects(async () => {
        await count(counted)
        await ctx().transaction(async () => {
          throw new Error('the sign-in was rolled back')
        })
      }, /rolled back/)
    }
    await assert.rejects(count(counted), { message: /./ })
    scene.app.clock.advance(31_000)
    assert.equal((await count(counted)).failures, 6)
  })

  test('one success at fifty and it starts anew (A16)', async () => {
    const counted = aGuess()
    for (let failure = 0; failure < 50; failure += 1) {
      await count(counted)
      scene.app.clock.advance(hours(1))
    }
    await settleGuesses(ctx(), { forgiven: counted, uncounted: [] })
    for (let failure = 1; failure <= 99; failure += 1) {
      assert.equal((await count(counted)).failures, failure)
      scene.app.clock.advance(hours(1))
    }
    await count(counted)
    scene.app.clock.advance(days(400))
    await assert.rejects(count(counted), 'the hundredth was the last')
  })

  test('patience does not help: a few a day add up to a hundred as well (A16)', async () => {
    const counted = aGuess()
    let checked = 0
    for (let third = 0; third < 180; third += 1) {
      const isCounted = await count(counted).then(
        () => true,
        () => false,
      )
      if (isCounted) checked += 1
      scene.app.clock.advance(hours(8))
      await deleteOldGuesses(ctx())
    }
    assert.equal(checked, 100)
  })

  test('neither does a pause: who stops before the hundredth does not find it forgotten', async () => {
    const counted = aGuess()
    for (let failure = 0; failure < 99; failure += 1) {
      await count(counted)
      scene.app.clock.advance(hours(1))
    }
    scene.app.clock.advance(days(31))
    await deleteOldGuesses(ctx())
    assert.equal((await count(counted)).failures, 100)
    await assert.rejects(count(counted))
  })

  test('counts that forget by time do so after their window, counted from its start', async () => {
    const counted = aGuess({ free: 3, forgetSeconds: 900 })
    for (let failure = 1; failure <= 3; failure += 1) {
      assert.equal((await count(counted)).failures, failure)
      scene.app.clock.advance(minutes(4))
    }
    scene.app.clock.advance(minutes(3) + 1000)
    assert.equal((await count(counted)).failures, 1)
  })

  test('two things counted together are counted both or not at all', async () => {
    const [[one], [two]] = [aGuess(), aGuess({ free: 1 })]
    await count([two])
    await assert.rejects(count([one, two]))
    assert.equal((await count([one])).failures, 1)
    await Promise.all(
      times(8, (index) => count(index % 2 ? [one, two] : [two, one]).catch(() => undefined)),
    )
  })

  test('fifty at once on one thing: exactly the free ones get through (A12)', async () => {
    const counted = aGuess()
    const results = await Promise.allSettled(times(50, () => count(counted)))
    assert.equal(results.filter((one) => one.status === 'fulfilled').length, 5)
  })

  test('old counts are thrown away, closed ones never', async () => {
    const [open, closed] = [aGuess(), aGuess({ hardMax: 1 })]
    await count(open)
    await count(closed)
    scene.app.clock.advance(days(31))
    await deleteOldGuesses(ctx())
    assert.equal((await count(open)).failures, 1)
    await assert.rejects(count(closed))
  })
})

onEachEngine(
  'guessing from one address',
  (scene) => {
    const from = (address: string) => ({ 'x-forwarded-for': address })
    let people = 0
    const guessAt = (address: string) => {
      people += 1
      const input = { email: `person-${people}@elsewhere.example`, password: wrong }
      return scene.app.newBrowser().do('sign-in.start', input, from(address))
    }
    const right = (address: string, { email, password }: Pick<Person, 'email' | 'password'>) =>
      scene.app.newBrowser().do('sign-in.start', { email, password }, from(address))

    test('many accounts are one count, which no success of one’s own empties', async () => {
      const here = '203.0.113.7'
      for (let attempt = 0; attempt < 5; attempt += 1) {
        assert.equal((await right(here, scene.owner)).status, 200)
        assert.equal((await guessAt(here)).status, 401)
      }
      assert.equal((await guessAt(here)).status, 401)
      assertRefused(await guessAt(here), 429, 'http.too_many_requests')
      assertRefused(await right(here, scene.owner), 429, 'http.too_many_requests')
      assert.equal((await right('203.0.113.8', scene.owner)).status, 200, 'others are not kept')
      scene.app.clock.advance(minutes(10) + 1000)
      assert.equal((await right(here, scene.owner)).status, 200)
    })

    test('all addresses of one IPv6 customer are one, the neighbours are not', async () => {
      for (let attempt = 0; attempt < 6; attempt += 1)
        assert.equal((await guessAt(`2001:db8:1:2:${attempt}::${attempt}`)).status, 401)
      assertRefused(await guessAt('2001:db8:1:2:ffff::1'), 429, 'http.too_many_requests')
      assertRefused(await guessAt('2001:0DB8:0001:0002::'), 429, 'http.too_many_requests')
      assert.equal((await guessAt('2001:db8:1:3::1')).status, 401)
    })

    test('an IPv4 address in IPv6 clothes is the same address', async () => {
      for (let attempt = 0; attempt < 3; attempt += 1) {
        assert.equal((await guessAt('192.0.2.9')).status, 401)
        assert.equal((await guessAt('::ffff:192.0.2.9')).status, 401)
      }
      assertRefused(await guessAt('::ffff:c000:209'), 429, 'http.too_many_requests')
    })

    test('what a caller writes into the header itself does not make them somebody else', async () => {
      for (let attempt = 0; attempt < 6; attempt += 1)
        assert.equal((await guessAt(`10.9.8.${attempt}, 192.0.2.77`)).status, 401)
      assertRefused(await guessAt('1.2.3.4, 192.0.2.77'), 429, 'http.too_many_requests')
    })

    test('wrong guesses of others at your address do not make you wait in a browser you know', async () => {
      const browser = await signIn(scene.app, scene.owner)
      const { email, password } = scene.owner
      for (let attempt = 0; attempt < 6; attempt += 1) await guessAt('192.0.2.88')
      assertRefused(await right('192.0.2.88', scene.owner), 429, 'http.too_many_requests')
      const proof = { method: 'password', proof: password }
      const confirmed = await browser.do('sign-in.confirm', proof, from('192.0.2.88'))
      assert.equal(confirmed.status, 200, confirmed.text)
      const home = await browser.do('sign-in.start', { email, password }, from('192.0.2.88'))
      assert.equal(home.status, 200, home.text)
    })

    test('nor does such a browser help to guess at anybody else from there', async () => {
      const browser = await signIn(scene.app, scene.owner)
      const at = (n: number, email = `neighbour-${n}@elsewhere.example`) =>
        browser.do('sign-in.start', { email, password: wrong }, from('192.0.2.99'))
      for (let attempt = 0; attempt < 6; attempt += 1) assert.equal((await at(attempt)).status, 401)
      assertRefused(await at(7), 429, 'http.too_many_requests')
    })
  },
  { settings: { LATCHKEY_LIMITS_GUESSES_PER_ADDRESS: '6' } },
)
