import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Browser } from '#test/harness/client.ts'
import {
  confirmWith,
  finishWith,
  freshCode,
  fromBase32,
  type Guarded,
  newcomer,
  newcomerWithApp,
  signInWithCode,
  startPending,
} from '#test/harness/factors.ts'
import type { Person } from '#test/harness/people.ts'
import {
  announcedBy,
  assertRefused,
  countStatuses,
  minutes,
  onEachEngine,
  opens,
  type Scene,
  times,
} from '#test/harness/scene.ts'

type Row = { readonly number: number; readonly phc: string; readonly used_at: number | null }

const rowsOf = async ({ app }: Scene, userId: string): Promise<readonly Row[]> =>
  app.db
    .withTables<{ recovery_codes: Row & { user_id: string } }>()
    .selectFrom('recovery_codes')
    .select(['number', 'phc', 'used_at'])
    .where('user_id', '=', userId)
    .orderBy('number')
    .execute()

onEachEngine('recovery codes', (scene) => {
  let ada: Guarded
  /** Each story uses up other codes of the one set. */
  const someone = async (): Promise<Guarded> => {
    ada ??= await newcomerWithApp(scene)
    // A right code forgives the wrong ones of the story before, once their wait is over.
    scene.app.clock.advance(minutes(16))
    await signInWithCode(scene.app, ada)
    return ada
  }
  const left = async ({ browser }: Pick<Person, 'browser'>) =>
    (await browser.do('two-factor.read')).body.recoveryCodes
  const codeOf = (person: Guarded, number: number): string => person.codes[number - 1] ?? ''
  const mailsSince = async (count: number) =>
    (await scene.app.mails()).slice(count).map((mail) => mail.subject)

  test('ten come with the first factor, each 80 bits of chance with its number, shown this once', async () => {
    const person = await someone()
    assert.equal(person.codes.length, 10)
    assert.equal(new Set(person.codes.map((code) => code.slice(-19))).size, 10)
    for (const [index, code] of person.codes.entries())
      assert.match(code, new RegExp(`^${index + 1}(-[0-9a-z]{4}){4}$`))
    const { total, remaining, savedAt } = await left(person)
    assert.deepEqual({ total, remaining, savedAt }, { total: 10, remaining: 10, savedAt: null })
    const shown = (await person.browser.do('two-factor.read')).text
    const trail = (await person.browser.do('activity.list', { limit: 100 })).text
    const logged = scene.app.logLines.join('\n')
    const mailed = (await scene.app.mails()).map((mail) => mail.raw).join('\n')
    for (const code of person.codes)
      for (const text of [shown, trail, logged, mailed]) assert.ok(!text.includes(code.slice(-19)))
  })

  test('typing one back shows that they are saved, and does not use it up', async () => {
    const person = await someone()
    const code = codeOf(person, 2)
    for (const wrong of [
      'nonsense',
      code.replace(/^2/, '3'),
      `${code}a`,
      codeOf(person, 1).slice(2),
    ])
      assertRefused(
        await person.browser.do('two-factor.acknowledge-codes', { code: wrong }),
        422,
        'two-factor.code_wrong',
      )
    assert.equal((await left(person)).savedAt, null)
    const written = await announcedBy(person.browser, async () => {
      const typed = ` ${code.toUpperCase().replaceAll('-', ' ')} `
      const done = await person.browser.do('two-factor.acknowledge-codes', { code: typed })
      assert.equal(done.status, 200, done.text)
    })
    assert.deepEqual(written, ['user.2fa:recovery_codes_saved success'])
    // Ten in 10 minutes is all a person needs, and less than this story tries.
    scene.app.clock.advance(minutes(10))
    // Read from paper: no code holds an o, an i or an l.
    for (const [zero = '', one = ''] of ['oI', 'OL']) {
      const read = codeOf(person, 10).replaceAll('0', zero).replaceAll('1', one)
      const done = await person.browser.do('two-factor.acknowledge-codes', { code: read })
      assert.equal(done.status, 200, `${read}: ${done.text}`)
    }
    assert.notEqual((await left(person)).savedAt, null)
    assert.equal((await left(person)).remaining, 10)
    const browser = await startPending(scene.app, person)
    assert.equal((await finishWith(browser, 'recovery-code', code)).status, 200)
  })

  test('one works once, is counted, and the person is told (A36)', async () => {
    const person = await someone()
    const code = codeOf(person, 1)
    const mailed = (await scene.app.mails()).length
    const browser = await startPending(scene.app, person)
    const written = await announcedBy(person.browser, async () => {
      assert.equal((await finishWith(browser, 'recovery-code', code)).status, 200)
    })
    assert.deepEqual([...written].sort(), [
      'user.2fa:recovery_code_used success',
      'user:logged_in success',
    ])
    assert.deepEqual(await mailsSince(mailed), ['A recovery code was used'])
    assert.equal((await left(person)).remaining, 8)
    const again = await startPending(scene.app, person)
    const refused = await finishWith(again, 'recovery-code', code)
    assertRefused(refused, 401, 'sign-in.second_step_failed')
    assertRefused(
      await person.browser.do('two-factor.acknowledge-codes', { code }),
      422,
      'two-factor.code_wrong',
    )
  })

  test('using one shows that they were saved, whoever never said so', async () => {
    const person = await newcomerWithApp(scene)
    const status = async () => (await left(person)).savedAt
    assert.equal(await status(), null)
    const [first = '', second = ''] = person.codes
    const browser = await startPending(scene.app, person)
    assert.equal((await finishWith(browser, 'recovery-code', first)).status, 200)
    const shownAt = await status()
    assert.notEqual(shownAt, null)
    scene.app.clock.advance(minutes(1))
    const again = await startPending(scene.app, person)
    assert.equal((await finishWith(again, 'recovery-code', second)).status, 200)
    assert.equal(await status(), shownAt, 'the first proof counts')
  })

  test('of twenty uses at once over several pending sign-ins exactly one succeeds (A36)', async () => {
    const person = await someone()
    const browsers = await Promise.all(times(4, () => startPending(scene.app, person)))
    const answers = await Promise.all(
      times(20, (index) =>
        finishWith(browsers[index % 4] as Browser, 'recovery-code', codeOf(person, 3)),
      ),
    )
    assert.equal(countStatuses(answers)[200], 1, JSON.stringify(countStatuses(answers)))
    assert.equal((await left(person)).remaining, 7)
  })

  test('its number says which one it is, so that a try costs one hash', async () => {
    const person = await someone()
    const browser = await startPending(scene.app, person)
    const [four, five] = [codeOf(person, 4), codeOf(person, 5)]
    for (const wrong of [five.replace(/^5/, '4'), four.replace(/^4/, '0'), four.slice(2)])
      assertRefused(
        await finishWith(browser, 'recovery-code', wrong),
        401,
        'sign-in.second_step_failed',
      )
    // A hash is 50 ms of a core: nine more of them could not hide in twice the time of a wrong password.
    const taken = async (work: () => Promise<unknown>): Promise<number> => {
      const since = performance.now()
      await work()
      return performance.now() - since
    }
    const password = await taken(() =>
      scene.app
        .newBrowser()
        .do('sign-in.start', { email: 'nobody@example.com', password: 'x y z 1' }),
    )
    const code = await taken(() => finishWith(browser, 'recovery-code', `4${five.slice(1)}`))
    assert.ok(code < password * 4 + 100, `${code} ms against ${password} ms`)
    assert.equal((await left(person)).remaining, 7)
  })

  test('it confirms that it is you, where the password no longer does', async () => {
    const person = await someone()
    const browser = await startPending(scene.app, person)
    await finishWith(browser, 'totp', freshCode(scene.app, person.phone))
    scene.app.clock.advance(minutes(10))
    const stale = await browser.do('two-factor.regenerate-codes')
    assertRefused(stale, 403, 'auth.confirm_again')
    assert.deepEqual(stale.body.methods, ['totp', 'recovery-code'])
    assertRefused(
      await confirmWith(browser, 'password', person.password),
      403,
      'sign-in.not_confirmed',
    )
    assert.equal((await confirmWith(browser, 'recovery-code', codeOf(person, 4))).status, 200)
    assert.equal((await left(person)).remaining, 6)
  })

  test('when three are left every use says so, on the screen and by mail', async () => {
    const person = await someone()
    const subjects: string[] = []
    for (const number of [5, 6, 7]) {
      const mailed = (await scene.app.mails()).length
      const browser = await startPending(scene.app, person)
      const done = await finishWith(browser, 'recovery-code', codeOf(person, number))
      assert.equal(done.status, 200, done.text)
      subjects.push(...(await mailsSince(mailed)))
    }
    assert.deepEqual(subjects, [
      'A recovery code was used',
      'A recovery code was used',
      'Few recovery codes are left',
    ])
    assert.equal((await left(person)).remaining, 3)
    assert.match((await scene.app.mails()).at(-1)?.text ?? '', /Only 3 are left/)
  })

  test('new ones take the place of all the old ones', async () => {
    const person = await someone()
    const browser = await startPending(scene.app, person)
    await finishWith(browser, 'totp', freshCode(scene.app, person.phone))
    const mailed = (await scene.app.mails()).length
    let fresh: readonly string[] = []
    const written = await announcedBy(browser, async () => {
      fresh = (await browser.do('two-factor.regenerate-codes')).body.recoveryCodes
    })
    assert.deepEqual(written, ['user.2fa:recovery_codes_issued success'])
    assert.deepEqual(await mailsSince(mailed), ['You have new recovery codes'])
    assert.equal((await left(person)).remaining, 10)
    const pending = await startPending(scene.app, person)
    assertRefused(
      await finishWith(pending, 'recovery-code', codeOf(person, 8)),
      401,
      'sign-in.second_step_failed',
    )
    assert.equal((await finishWith(pending, 'recovery-code', fresh[7] ?? '')).status, 200)
  })

  test('who has no factor has none, and gets none', async () => {
    const eve = await newcomer(scene)
    assert.equal(await left(eve), null)
    assertRefused(await eve.browser.do('two-factor.regenerate-codes'), 409, 'two-factor.no_codes')
    assertRefused(
      await eve.browser.do('two-factor.acknowledge-codes', { code: codeOf(ada, 9) }),
      422,
      'two-factor.code_wrong',
    )
    assertRefused(
      await confirmWith(eve.browser, 'recovery-code', codeOf(ada, 9)),
      403,
      'sign-in.not_confirmed',
    )
  })
})

onEachEngine(
  'how recovery codes are stored',
  (scene) => {
    test('only a slow, salted hash of each is kept (A36)', async () => {
      const person = await newcomerWithApp(scene)
      const rows = await rowsOf(scene, person.userId)
      assert.deepEqual(
        rows.map((row) => row.number),
        times(10, (index) => index + 1),
      )
      for (const row of rows) assert.match(row.phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      assert.equal(new Set(rows.map((row) => row.phc)).size, 10)
    })
  },
  { hashing: 'real' },
)

onEachEngine('what a stolen database tells', (scene) => {
  test('no secret of an app, in any spelling, and nothing stored opens anything (A58)', async () => {
    const person = await newcomerWithApp(scene)
    const pending = await startPending(scene.app, person)
    const { db } = scene.app
    const tables = (await db.introspection.getTables()).map((table) => table.name)
    assert.ok(tables.includes('authenticators'))
    const values: (string | Uint8Array)[] = []
    for (const table of tables) {
      const rows = (await db
        .withTables<Record<string, Record<string, unknown>>>()
        .selectFrom(table)
        .selectAll()
        .execute()) as Record<string, unknown>[]
      for (const value of rows.flatMap((row) => Object.values(row)))
        if (typeof value === 'string' || value instanceof Uint8Array) values.push(value)
    }
    const dump = Buffer.concat(values.map((value) => Buffer.from(value as string)))
    const raw = fromBase32(person.phone.secret)
    const spellings = [
      raw,
      raw.toString('hex'),
      raw.toString('base64').replace(/=+$/, ''),
      raw.toString('base64url'),
      person.phone.secret,
      person.phone.secret.toLowerCase(),
      pending.cookies.get('latchkey-pending') ?? '',
      ...person.codes.map((code) => code.slice(-19)),
      ...person.codes.map((code) => code.slice(-19).replaceAll('-', '')),
    ]
    for (const spelling of spellings) assert.equal(dump.includes(spelling), false)
    const row = await db
      .withTables<{ pending_sign_ins: { id: string; token_hash: Uint8Array } }>()
      .selectFrom('pending_sign_ins')
      .selectAll()
      .executeTakeFirstOrThrow()
    for (const value of [row.id, Buffer.from(row.token_hash).toString('base64url')]) {
      const thief = scene.app.newBrowser()
      thief.cookies.set('latchkey-pending', value)
      assertRefused(await thief.do('sign-in.pending'), 401, 'sign-in.nothing_pending')
      assert.equal(await opens(scene.app, value), false)
    }
  })
})
