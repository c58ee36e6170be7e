import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import { assertRefused, onEachEngine } from '#test/harness/scene.ts'
import type { PersonRow } from './contract.ts'

const names = ['Zoë', 'Ben', 'Cleo', 'Dora', 'Emil', 'Finn', 'Gail']

onEachEngine('who is here', (scene) => {
  let viewer: Person
  let member: Person
  const list = async (input: object = {}, browser = scene.owner.browser) => {
    const answer = await browser.do('people.list', input as Record<string, unknown>)
    assert.equal(answer.status, 200, answer.text)
    return answer.body as { people: PersonRow[]; next: string | null }
  }

  test('everybody in the organisation is listed by name, with role and address', async () => {
    for (const [index, name] of names.entries()) {
      const person = await joinAs(scene.app, scene.owner, `p${index}`)
      await person.browser.do('account.update-profile', { name })
      if (index === 0) member = person
    }
    viewer = await joinAs(scene.app, scene.owner, 'Viewer', 'viewer')
    const { people, next } = await list()
    assert.deepEqual(
      people.map((person) => person.name),
      ['Ada', 'Ben', 'Cleo', 'Dora', 'Emil', 'Finn', 'Gail', 'Viewer', 'Zoë'],
    )
    assert.equal(next, null)
    const { createdAt, ...ada } = people[0]!
    assert.deepEqual(ada, {
      userId: scene.owner.userId,
      name: 'Ada',
      email: 'ada@example.com',
      username: null,
      role: 'owner',
      pictureUrl: null,
      isYou: true,
      disabledAt: null,
      recovery: null,
    })
    assert.ok(Math.abs(Date.parse(createdAt) - scene.app.clock.now()) < 60_000)
  })

  test('“you” is who asks', async () => {
    const { people } = await list({}, member.browser)
    assert.deepEqual(
      people.filter((person) => person.isYou).map((person) => person.userId),
      [member.userId],
    )
  })

  test('pages follow each other without gap or double, also when names are the same', async () => {
    for (const twin of ['twin1', 'twin2', 'twin3']) {
      const person = await joinAs(scene.app, scene.owner, twin)
      await person.browser.do('account.update-profile', { name: 'Emil' })
    }
    for (const limit of [1, 2, 5, 100]) {
      const seen: string[] = []
      let after: string | null = null
      do {
        const page = await list({ limit, ...(after ? { after } : {}) })
        assert.ok(page.people.length <= limit)
        seen.push(...page.people.map((person) => person.userId))
        after = page.next
      } while (after)
      assert.equal(seen.length, 12, `by ${limit}`)
      assert.equal(new Set(seen).size, 12)
    }
  })

  test('somebody who is renamed or joins meanwhile does not break the paging', async () => {
    const first = await list({ limit: 4 })
    await member.browser.do('account.update-profile', { name: 'Aaron' })
    const rest = await list({ limit: 100, after: first.next })
    const ids = [...first.people, ...rest.people].map((person) => person.userId)
    assert.equal(new Set(ids).size, ids.length)
  })

  test('a made-up place in the list starts from the beginning, whatever it holds', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    for (const after of [
      'x',
      '%%%',
      encode(1),
      encode(null),
      encode({}),
      encode([1, 2]),
      encode(['a']),
    ])
      assert.equal((await list({ after })).people.length, 12, after)
    const hostile = ['\u0000', "' or 1=1 --", '\ud800', 'x'.repeat(100)]
    for (const text of hostile)
      assert.ok((await list({ after: encode([text, text]) })).people.length <= 12)
    for (const input of [
      { limit: 0 },
      { limit: 101 },
      { limit: -1 },
      { limit: 1.5 },
      { after: 'x'.repeat(301) },
      { role: 'owner' },
    ])
      assertRefused(await scene.owner.browser.do('people.list', input), 400, 'http.invalid_input')
  })

  test('a viewer does not see the list; a stranger even less', async () => {
    assertRefused(await viewer.browser.do('people.list'), 403, 'auth.not_allowed')
    assertRefused(await scene.app.newBrowser().do('people.list'), 401, 'auth.sign_in_required')
  })

  test('nothing secret stands in the list', async () => {
    const text = JSON.stringify(await list())
    assert.ok(!/argon2|hash|epoch|token|phone|password/i.test(text))
  })

  test('an id nobody could have is not found, and never a fault of ours', async () => {
    const browser = await signIn(scene.app, scene.owner)
    const odd = [
      '\u0000',
      'usr_\u0000',
      '%00',
      '\ud800',
      '../people',
      '🦊',
      "'; drop table people; --",
    ]
    for (const userId of odd) {
      for (const name of ['people.disable', 'people.enable', 'account.read-picture'])
        assert.ok(
          [400, 404].includes((await browser.do(name, { userId: encodable(userId) })).status),
        )
      const { status } = await browser.do('sessions.end', { sessionId: encodable(userId) })
      assert.ok([400, 404].includes(status), `${status} for ${JSON.stringify(userId)}`)
    }
    assert.equal((await list()).people.length, 12)
  })
})

/** A lone surrogate cannot stand in an address at all. */
const encodable = (text: string): string => text.replace(/\ud800/, '\ufffd')
