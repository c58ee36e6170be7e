import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { Person as Actor } from '@latchkey/kit'
import { createContext } from '#platform/context.ts'
import { personActor, rowsOf } from '#test/harness/basis.ts'
import type { Answer } from '#test/harness/client.ts'
import { newcomer, newcomerWithApp } from '#test/harness/factors.ts'
import type { Person } from '#test/harness/people.ts'
import {
  announcedBy,
  assertRefused,
  confirm,
  fromElsewhere,
  hours,
  minutes,
  onEachEngine,
} from '#test/harness/scene.ts'
import { assertNoFaults } from '#test/sweep/calls.ts'
import { openKey } from './idempotency.ts'
import { deleteOldIdempotencyKeys, keptMax } from './idempotency-store.ts'

const newKey = (): string => `"${randomUUID()}"`
let invitees = 0
const newInvitee = () => {
  invitees += 1
  return { email: `invitee-${invitees}@example.com`, role: 'member' }
}

/** Calls on behalf of this person, with this key. */
const as =
  ({ browser }: Person) =>
  (name: string, input: object, key: string): Promise<Answer> =>
    browser.do(name, { ...input }, { ...fromElsewhere(), 'idempotency-key': key })

onEachEngine('an Idempotency-Key', (scene) => {
  const send = (name: string, input: object, key: string) => as(scene.owner)(name, input, key)
  const invite = (input: object, key: string) => send('people.invite', input, key)
  const without = ({ browser }: Person, name: string, input: object) => {
    const { 'idempotency-key': _, ...headers } = browser.headers('POST')
    const path = `/api/v1/${name}`
    const sent = { ...headers, 'content-type': 'application/json' }
    return browser.send({ method: 'POST', path, headers: sent, body: JSON.stringify(input) })
  }
  const mailsTo = async (email: string): Promise<number> =>
    (await scene.app.mails()).filter((mail) => mail.to === email).length
  const isReplayed = (answer: Answer): boolean => answer.headers['idempotency-replayed'] === 'true'

  test('gives the first answer again and does nothing a second time', async () => {
    const [input, key] = [newInvitee(), newKey()]
    const answers: Answer[] = []
    const announced = await announcedBy(scene.owner.browser, async () => {
      answers.push(await invite(input, key), await invite(input, key))
    })
    const [first, again] = answers
    assert.equal(first?.status, 200, first?.text ?? '')
    assert.deepEqual(again?.body, first?.body)
    assert.deepEqual(answers.map(isReplayed), [false, true])
    assert.equal(await mailsTo(input.email), 1)
    assert.deepEqual(announced, ['organisation.people:invited success'])
    assertNoFaults(scene.app)
  })

  test('lets one of twenty at once happen; the others get its answer or are told to wait', async () => {
    const [input, key] = [newInvitee(), newKey()]
    const answers = await Promise.all(Array.from({ length: 20 }, () => invite(input, key)))
    for (const answer of answers)
      if (answer.status !== 200) {
        assertRefused(answer, 409, 'http.idempotency_running')
        assert.equal(answer.headers['retry-after'], '1')
      }
    assert.equal(answers.filter((one) => one.status === 200 && !isReplayed(one)).length, 1)
    assert.equal(await mailsTo(input.email), 1)
    assert.equal((await invite(input, key)).status, 200)
  })

  test('belongs to one input: another one is refused, and the first answer stays', async () => {
    const [input, key] = [newInvitee(), newKey()]
    await invite(input, key)
    assertRefused(await invite(newInvitee(), key), 422, 'http.idempotency_key_reused')
    assertRefused(
      await invite({ ...input, role: 'viewer' }, key),
      422,
      'http.idempotency_key_reused',
    )
    assert.ok(isReplayed(await invite(input, key)))
  })

  test('belongs to one operation and, where the address names somebody, to them', async () => {
    const key = newKey()
    const [ada, bob] = [await newcomer(scene), await newcomer(scene)]
    await confirm(scene.owner)
    assert.equal((await send('people.disable', { userId: ada.userId }, key)).status, 200)
    assertRefused(
      await send('people.disable', { userId: bob.userId }, key),
      422,
      'http.idempotency_key_reused',
    )
    const other = await send('people.enable', { userId: ada.userId }, key)
    assert.deepEqual([other.status, isReplayed(other)], [200, false])
  })

  test('means nothing to anybody else', async () => {
    const [input, key] = [newInvitee(), newKey()]
    const admin = await newcomer(scene, 'admin')
    await invite(input, key)
    const other = await as(admin)('people.invite', input, key)
    assert.deepEqual([other.status, isReplayed(other)], [200, false])
    assert.equal(await mailsTo(input.email), 2)
  })

  test('repeats refusals too, under the request id of the first call', async () => {
    const key = newKey()
    const input = { email: scene.owner.email, role: 'member' }
    const first = await invite(input, key)
    assertRefused(first, 409, 'people.already_member')
    const again = await invite(input, key)
    assertRefused(again, 409, 'people.already_member')
    assert.equal(again.body.instance, first.body.instance)
    assert.notEqual(again.headers['x-request-id'], first.headers['x-request-id'])
  })

  test('is a quoted text, and nothing else', async () => {
    const wrong = ['8e03978e', '""', '"a', '"a";b', '"a", "b"', "'a'", ':YQ==:', '1', '?1']
    for (const key of [...wrong, '"a\\b"', `"${'a'.repeat(256)}"`])
      assertRefused(await invite(newInvitee(), key), 400, 'http.idempotency_key_malformed')
    for (const key of ['"a \\" \\\\ b"', `"${'a'.repeat(255)}"`, ' "x" '])
      assert.equal((await invite(newInvitee(), key)).status, 200, key)
  })

  test('is needed where a contract says so, optional elsewhere, and ignored on reads and open doors', async () => {
    assertRefused(
      await without(scene.owner, 'invitations', newInvitee()),
      400,
      'http.idempotency_key_required',
    )
    assert.equal((await without(scene.owner, 'account/sessions/end-others', {})).status, 200)
    assert.equal((await send('account.me', {}, 'not a key')).status, 200)
    const patched = await send('account.update-profile', { jobTitle: 'Engineer' }, 'not a key')
    assert.equal(patched.status, 200, patched.text)
    const key = newKey()
    for (const password of ['first', 'second'])
      assert.equal((await send('password.assess', { password }, key)).status, 200)
  })

  test('input that is refused leaves the key unused', async () => {
    const key = newKey()
    assertRefused(await invite({ email: 7 }, key), 400, 'http.invalid_input')
    assert.equal((await invite(newInvitee(), key)).status, 200)
  })
})

onEachEngine('an answer kept under an Idempotency-Key', (scene) => {
  test('says of every secret that it was already shown, and holds none in the database', async () => {
    const person = await newcomerWithApp(scene)
    const key = newKey()
    const first = await as(person)('two-factor.regenerate-codes', {}, key)
    assert.equal(first.status, 200, first.text)
    assert.equal(first.body.recoveryCodes.length, 10)
    const again = await as(person)('two-factor.regenerate-codes', {}, key)
    assert.deepEqual(again.body.recoveryCodes, Array(10).fill('already shown'))
    const begun = await as(person)('two-factor.begin', {}, key)
    const repeated = await as(person)('two-factor.begin', {}, key)
    assert.deepEqual(
      [repeated.body.secret, repeated.body.uri, repeated.body.setupId],
      ['already shown', 'already shown', begun.body.setupId],
    )
    const rows = await rowsOf(scene.app.db, 'idempotency_keys')
    for (const row of rows) {
      const bytes = JSON.stringify(
        Object.values(row).map((value) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
        ),
      )
      for (const secret of [first.body.recoveryCodes[0], begun.body.secret, key.slice(1, -1)])
        assert.ok(!bytes.includes(secret))
    }
  })

  test('comes without the cookie of the session it renewed', async () => {
    const person = await newcomer(scene)
    const key = newKey()
    const input = { method: 'password', proof: person.password }
    const first = await as(person)('sign-in.confirm', input, key)
    assert.ok(first.headers['set-cookie'])
    const again = await as(person)('sign-in.confirm', input, key)
    assert.equal(again.status, 200, again.text)
    assert.equal(again.headers['set-cookie'], undefined)
  })

  test('is not given to somebody who signed out, lost the right, or has to confirm again', async () => {
    const admin = await newcomer(scene, 'admin')
    const [input, key] = [newInvitee(), newKey()]
    assert.equal((await as(admin)('people.invite', input, key)).status, 200)
    const foreign = await admin.browser.do('people.invite', input, {
      'idempotency-key': key,
      'x-csrf-token': 'wrong',
    })
    assertRefused(foreign, 403, 'http.csrf_token')
    scene.app.clock.advance(minutes(11))
    assertRefused(await as(admin)('people.invite', input, key), 403, 'auth.confirm_again')
    await confirm(admin)
    assert.equal((await as(admin)('people.invite', input, key)).status, 200)
    await scene.app.db
      .withTables<{ people: { id: string; role: string } }>()
      .updateTable('people')
      .set({ role: 'viewer' })
      .where('id', '=', admin.userId)
      .execute()
    assertRefused(await as(admin)('people.invite', input, key), 403, 'auth.not_allowed')
    const visitor = scene.app.newBrowser()
    assertRefused(
      await visitor.do('people.invite', input, { 'idempotency-key': key }),
      401,
      'auth.sign_in_required',
    )
  })

  test('lasts a day, and then the key is free again', async () => {
    const person = await newcomer(scene)
    const key = newKey()
    assert.equal((await as(person)('sessions.end-others', {}, key)).status, 200)
    scene.app.clock.advance(hours(23.9))
    await renew(person)
    assert.equal(
      (await as(person)('sessions.end-others', {}, key)).headers['idempotency-replayed'],
      'true',
    )
    scene.app.clock.advance(hours(0.2))
    await renew(person)
    assert.equal(
      (await as(person)('sessions.end-others', {}, key)).headers['idempotency-replayed'],
      undefined,
    )
    scene.app.clock.advance(hours(25))
    await deleteOldIdempotencyKeys({ db: scene.app.db, now: scene.app.clock.now })
    assert.equal((await rowsOf(scene.app.db, 'idempotency_keys')).length, 0)
  })

  /** Extends the session, as if the user had just signed in: session lifetime has tests of its own. */
  const renew = async ({ userId }: Person): Promise<void> => {
    const at = scene.app.clock.now()
    await scene.app.db
      .withTables<{
        sessions: Record<'active_at' | 'expires_at' | 'authenticated_at', number> & {
          user_id: string
        }
      }>()
      .updateTable('sessions')
      .set({ active_at: at, authenticated_at: at, expires_at: at + hours(48) })
      .where('user_id', '=', userId)
      .execute()
  }

  test('gives way, oldest first, when one person has more than a thousand', async () => {
    const person = await newcomer(scene)
    const now = scene.app.clock.now()
    const rows = Array.from({ length: keptMax }, (_, index) => ({
      id: `filler-${index}`,
      user_id: person.userId,
      fingerprint: Buffer.alloc(32),
      claim: 'x',
      claimed_at: now,
      expires_at: now + index + 1000,
      status: 200,
      body: null,
    }))
    type Row = (typeof rows)[number]
    for (let at = 0; at < rows.length; at += 100)
      await scene.app.db
        .withTables<{ idempotency_keys: Row }>()
        .insertInto('idempotency_keys')
        .values(rows.slice(at, at + 100))
        .execute()
    await as(person)('sessions.end-others', {}, newKey())
    const left = (await rowsOf(scene.app.db, 'idempotency_keys')).filter(
      (row) => row.user_id === person.userId,
    )
    assert.equal(left.length, keptMax)
    assert.ok(!left.some((row) => row.id === 'filler-0'))
  })
})

onEachEngine('a call the server did not survive', (scene) => {
  /** Claims the key as a call does, and never completes it. */
  const die = async (name: string, input: object, key: string): Promise<void> => {
    const { runtime, services } = scene.app.app
    const entry = runtime.registry.entries.find((one) => one.operation.name === name)
    assert.ok(entry)
    const { userId } = scene.owner
    const me = await scene.owner.browser.do('account.me')
    const actor = {
      ...(personActor(userId) as Actor),
      organisation: { id: me.body.organisation.id, name: '' },
    }
    const opened = await openKey(createContext(services, actor), entry, {
      key: key.slice(1, -1),
      input,
    })
    assert.ok('claim' in opened)
  }
  const send = (name: string, input: object, key: string) => as(scene.owner)(name, input, key)

  test('runs when it is sent again, where effect and answer are one transaction', async () => {
    const [input, key] = [newInvitee(), newKey()]
    await die('people.invite', input, key)
    assertRefused(await send('people.invite', input, key), 409, 'http.idempotency_running')
    scene.app.clock.advance(minutes(1))
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send('people.invite', input, key)),
    )
    assert.ok(answers.every(({ status }) => status === 200 || status === 409))
    assert.equal((await scene.app.mails()).filter((mail) => mail.to === input.email).length, 1)
    assert.equal((await send('people.invite', input, key)).headers['idempotency-replayed'], 'true')
  })

  test('says that nobody knows, where it may have left something behind', async () => {
    const key = newKey()
    await die('passkeys.begin', {}, key)
    assertRefused(await send('passkeys.begin', {}, key), 409, 'http.idempotency_running')
    scene.app.clock.advance(minutes(1))
    assertRefused(await send('passkeys.begin', {}, key), 409, 'http.idempotency_no_answer')
    assert.equal((await send('passkeys.begin', {}, newKey())).status, 200)
  })
})
