import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Entry } from '#platform/operations/registry.ts'
import { addApp, addPasskey, newcomer } from '#test/harness/factors.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import type { Person } from '#test/harness/people.ts'
import { assertRefused, onEachEngine, type Scene } from '#test/harness/scene.ts'
import { freshKey } from '#test/harness/ssh-keys.ts'
import {
  assertNoFaults,
  bare,
  call,
  entriesOf,
  letAnHourPass,
  madeUpId,
  sampleInput,
  takesBody,
} from './calls.ts'

type Made = Readonly<Record<string, string>>
type Fixture = (scene: Scene, other: Person) => Promise<Made>

/** Somebody in another organisation. There is no page that makes a second one, so it is written as the page would. */
const strangerElsewhere = async ({ app, owner }: Scene): Promise<string> => {
  type Tables = {
    people: { id: string; email: string; organisation_id: string }
    organisations: { id: string }
  }
  const db = app.db.withTables<Tables>()
  const copyOf = async (
    table: 'people' | 'organisations',
    id: string,
    change: object,
  ): Promise<void> => {
    const row = await db
      .selectFrom(table)
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    await db
      .insertInto(table)
      .values({ ...row, ...change } as never)
      .onConflict((one) => one.doNothing())
      .execute()
  }
  const { organisation_id } = await db
    .selectFrom('people')
    .selectAll()
    .where('id', '=', owner.userId)
    .executeTakeFirstOrThrow()
  await copyOf('organisations', organisation_id, { id: 'org_elsewhere' })
  await copyOf('people', owner.userId, {
    id: 'usr_elsewhere',
    organisation_id: 'org_elsewhere',
    email: 'x@else.where',
    role: 'member',
  })
  return 'usr_elsewhere'
}

const elsewhere: Fixture = async (scene) => ({ userId: await strangerElsewhere(scene) })
const invitationElsewhere: Fixture = async (scene) => {
  await strangerElsewhere(scene)
  type Tables = { invitations: { id: string } }
  const row = {
    ...{ id: 'inv_elsewhere', organisation_id: 'org_elsewhere', email: 'y@else.where' },
    ...{ name: null, role: 'member', invited_by: null, token_id: 'ott_elsewhere' },
    ...{ sent_at: scene.app.clock.now(), expires_at: scene.app.clock.now() + 3_600_000 },
  }
  await scene.app.db
    .withTables<Tables>()
    .insertInto('invitations')
    .values(row)
    .onConflict((one) => one.doNothing())
    .execute()
  return { invitationId: row.id }
}
const sessionOf: Fixture = async (_, { browser }) => {
  const { body } = await browser.do('sessions.list')
  return { sessionId: body.sessions[0].id }
}
const setupOf: Fixture = async (_, { browser }) => ({
  setupId: (await browser.do('two-factor.begin')).body.setupId,
})
const appOf: Fixture = async ({ app }, { browser }) => {
  const { body } = await browser.do('two-factor.read')
  return { authenticatorId: body.authenticators[0]?.id ?? (await addApp(app, browser)).id }
}
const passkeyOf: Fixture = async ({ app }, { browser }) => {
  const { body } = await browser.do('passkeys.list')
  return { passkeyId: body.passkeys[0]?.id ?? (await addPasskey(app, browser)).passkeyId }
}

const sshKeyOf: Fixture = async (_, { browser }) => {
  const { body } = await browser.do('ssh-keys.list')
  const [present] = body.keys
  return {
    keyId: present?.id ?? (await browser.do('ssh-keys.add', { publicKey: freshKey() })).body.id,
  }
}
const tokenOf: Fixture = async (_, person) => ({ tokenId: (await makeToken(person)).id })

/**
 * For each operation with an id in its path: how to make such a thing that belongs to somebody else. An operation
 * that is missing here fails the test below. What has no owner but only a secret in its path goes into `ownerless`.
 */
const fixtures: Readonly<Record<string, Fixture>> = {
  'people.disable': elsewhere,
  'people.enable': elsewhere,
  'people.resend-invitation': invitationElsewhere,
  'people.withdraw-invitation': invitationElsewhere,
  'recovery.start': elsewhere,
  'recovery.cancel': elsewhere,
  'account.read-picture': elsewhere,
  'sessions.end': sessionOf,
  'two-factor.confirm': setupOf,
  'two-factor.rename': appOf,
  'two-factor.remove': appOf,
  'passkeys.rename': passkeyOf,
  'passkeys.remove': passkeyOf,
  'access-tokens.rotate': tokenOf,
  'access-tokens.revoke': tokenOf,
  'ssh-keys.update': sshKeyOf,
  'ssh-keys.remove': sshKeyOf,
}
const ownerless: Readonly<Record<string, string>> = {
  'passkeys.read-provider-icon': 'the mark of a maker of passkeys, the same for everybody',
  'ssh-keys.publish': 'a name is asked for, and one that nobody has is answered like any other',
}

/** Ids in bodies that name somebody's thing as well. */
const inBodies: Readonly<Record<string, (made: Made) => object>> = {
  'two-factor.reorder': ({ authenticatorId = '' }) => ({ authenticatorIds: [authenticatorId] }),
}

onEachEngine('things of other people (attack A82)', (scene) => {
  let other: Person
  const withId = () => entriesOf(scene).filter(({ pathNames }) => pathNames.length > 0)
  const entryOf = (name: string): Entry => {
    const entry = entriesOf(scene).find(({ operation }) => operation.name === name)
    assert.ok(entry, `there is no operation ${name}`)
    return entry
  }
  before(async () => {
    other = await newcomer(scene)
  })
  after(() => assertNoFaults(scene.app))

  test('every operation with an id in its path is covered here, and nothing else is', () => {
    const names = withId().map(({ operation }) => operation.name)
    const covered = [...Object.keys(fixtures), ...Object.keys(ownerless)]
    assert.deepEqual(
      names.filter((name) => !covered.includes(name)),
      [],
      'add them to the fixtures in this file',
    )
    assert.deepEqual(
      covered.filter((name) => !names.includes(name)),
      [],
      'these are gone',
    )
  })

  test('look exactly like things that do not exist', async () => {
    for (const [name, make] of Object.entries(fixtures)) {
      const entry = entryOf(name)
      await letAnHourPass(scene)
      const path = await make(scene, other)
      assert.ok(Object.values(path).every(Boolean), `the fixture of ${name} made nothing`)
      const body = takesBody(entry) ? { body: sampleInput(entry) } : {}
      const theirs = await call(scene.owner.browser, entry, { path, ...body })
      const nobodys = await call(scene.owner.browser, entry, {
        path: { [Object.keys(path)[0] ?? '']: madeUpId },
        ...body,
      })
      assert.equal(theirs.status, 404, `${name}: ${theirs.text}`)
      assert.deepEqual(bare(theirs), bare(nobodys), name)
      const differing = ['date', 'x-request-id', 'ratelimit']
      const kept = ({ headers }: typeof theirs) =>
        Object.entries(headers).filter(([header]) => !differing.includes(header))
      assert.deepEqual(kept(theirs), kept(nobodys), `${name}: the headers tell`)
    }
  })

  test('look like that to a program with an access token, and to nobody at all, too', async () => {
    await letAnHourPass(scene)
    const scopes = ['api:full', 'account:ssh-keys']
    const { token } = await makeToken(scene.owner, { scopes })
    for (const [name, make] of Object.entries(fixtures)) {
      const entry = entryOf(name)
      await letAnHourPass(scene)
      const path = await make(scene, other)
      const body = takesBody(entry) ? { body: sampleInput(entry) } : {}
      for (const [who, browser] of [
        ['a token', withToken(scene.app, token)],
        ['nobody', scene.app.newBrowser()],
      ] as const) {
        const theirs = await call(browser, entry, { path, ...body })
        const nobodys = await call(browser, entry, {
          path: { [Object.keys(path)[0] ?? '']: madeUpId },
          ...body,
        })
        const refused = who === 'nobody' ? [401] : [403, 404]
        assert.ok(refused.includes(theirs.status), `${name} as ${who}: ${theirs.text}`)
        assert.deepEqual(bare(theirs), bare(nobodys), `${name} as ${who}`)
      }
    }
  })

  test('are still there afterwards', async () => {
    const { body: sessions } = await other.browser.do('sessions.list')
    assert.equal(sessions.total, 1)
    assert.equal((await other.browser.do('two-factor.read')).body.authenticators.length, 1)
    assert.equal((await other.browser.do('passkeys.list')).body.passkeys.length, 1)
    assert.equal((await other.browser.do('ssh-keys.list')).body.total, 1)
  })

  test('named in a body are refused like things that do not exist', async () => {
    await letAnHourPass(scene)
    const made = await appOf(scene, other)
    for (const [name, bodyOf] of Object.entries(inBodies)) {
      const theirs = await call(scene.owner.browser, entryOf(name), { body: bodyOf(made) })
      const nobodys = await call(scene.owner.browser, entryOf(name), {
        body: bodyOf({ authenticatorId: madeUpId }),
      })
      assert.ok(theirs.status >= 400, `${name}: ${theirs.text}`)
      assert.deepEqual(bare(theirs), bare(nobodys))
    }
  })
})

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** HEAD comes with every GET. */
const takenAt = (entries: readonly Entry[]): readonly string[] => {
  const methods = entries.map(({ method }) => method)
  return [...new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)].sort()
}

onEachEngine('addresses', (scene) => {
  after(() => assertNoFaults(scene.app))

  test('take the methods they were made for and name them when asked for another', async () => {
    const byPath = Map.groupBy(entriesOf(scene), ({ path }) => path.replace(/\{\w+\}/g, madeUpId))
    for (const [path, entries] of byPath) {
      const taken = entries.map(({ method }) => method)
      for (const method of methods.filter((one) => !taken.includes(one))) {
        const headers = { 'content-type': 'application/json' }
        const answer = await scene.owner.browser.fetch({
          method,
          path,
          headers,
          ...(['GET', 'DELETE'].includes(method) ? {} : { body: '{}' }),
        })
        // A fixed address may also fit the pattern of another one; Allow then names the methods of both.
        const fitting = entriesOf(scene).filter((one) =>
          new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
        )
        if (fitting.some((one) => one.method === method)) continue
        assertRefused(answer, 405, 'http.method_not_allowed')
        const allowed = String(answer.headers.allow).split(', ').sort()
        assert.deepEqual(allowed, takenAt(fitting), `${method} ${path}`)
      }
    }
  })

  test('with a slash too many say so', async () => {
    for (const path of ['/api/v1/account/me/', '/api/v1/people/', '/keys/ada/']) {
      const answer = await scene.owner.browser.fetch({ method: 'GET', path })
      assertRefused(answer, 404, 'http.not_found')
      assert.match(answer.body.detail, /without the slash/, path)
    }
    const nothing = await scene.owner.browser.fetch({ method: 'GET', path: '/api/v1/nothing/' })
    assert.equal(nothing.body.detail, undefined)
  })

  test('that do not exist are 404 whoever asks and however', async () => {
    for (const method of methods)
      for (const path of [
        '/api/v1/nothing',
        '/api/v1/account/',
        '/api/v1',
        '/api/v1/account/me/x',
        '/API/V1/account/me',
      ])
        for (const browser of [scene.owner.browser, scene.app.newBrowser()])
          assertRefused(await browser.fetch({ method, path }), 404, 'http.not_found')
  })
})
