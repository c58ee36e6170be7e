import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FixtureDriver, FixturePerson } from '@latchkey/kit'
import { asksAboutAnother, endpointsOf } from '#platform/http/endpoint.ts'
import type { Entry } from '#platform/operations/registry.ts'
import { rowsOf } from '#test/harness/basis.ts'
import { listTables } from '#test/harness/dump.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import { assertRefused, onEachEngine } from '#test/harness/scene.ts'
import {
  assertNoFaults,
  bare,
  call,
  entriesOf,
  fieldsOf,
  type Given,
  letAnHourPass,
  madeUpId,
  sampleInput,
  takesBody,
} from './calls.ts'
import { asFixturePerson, driverOf } from './driver.ts'
import {
  type AllFixtures,
  isOwned,
  loadFixtures,
  type OwnedObject,
  objectNamesOf,
  objectOf,
  placeFor,
} from './module-fixtures.ts'
import { product, settings } from './product.ts'

type Named = { readonly entry: Entry; readonly name: string; readonly object: OwnedObject }

const isInPath = ({ entry, name }: Pick<Named, 'entry' | 'name'>): boolean =>
  entry.pathNames.includes(name)

/** The id where the operation takes it, a list of ids as well. */
const fieldFor = ({ entry, name }: Named, id: string): unknown => {
  const schema = fieldsOf(entry)[name]
  return schema?.safeParse(id).success ? id : [id]
}

onEachEngine(
  'things of other people (attack A82)',
  (scene) => {
    let all: AllFixtures
    let driver: FixtureDriver
    let other: FixturePerson
    before(async () => {
      all = await loadFixtures(scene.app.app.runtime.registry.modules)
      driver = driverOf(scene, all)
      other = asFixturePerson(await newcomer(scene))
    })
    after(() => assertNoFaults(scene.app))

    const names = () =>
      entriesOf(scene).flatMap((entry) =>
        objectNamesOf(all, entry).map((name) => ({
          ...{ entry, name, object: objectOf(all, entry, name) },
        })),
      )
    const owned = (): readonly Named[] => names().filter((one): one is Named => isOwned(one.object))

    const theirsOf = ({ object, entry, name }: Named): Promise<string> =>
      'makeElsewhere' in object
        ? object.makeElsewhere(driver, asFixturePerson(scene.owner))
        : object.make(driver, other).then((id) => {
            assert.ok(id, `the fixture of ${entry.operation.name} made no ${name}`)
            return id
          })

    /** This id in place of what is right; all else is the caller's own, and valid where a fixture says how. */
    const givenWith = async (named: Named, id: string): Promise<Given> => {
      const { entry, name } = named
      const owner = asFixturePerson(scene.owner)
      if (isInPath(named))
        return { path: { [name]: id }, ...(takesBody(entry) ? { body: sampleInput(entry) } : {}) }
      const fixture = all.get(entry.module)?.inputs?.[entry.operation.name]
      const valid =
        typeof fixture === 'function' ? await fixture(driver, owner) : sampleInput(entry)
      const input: Record<string, unknown> = { ...valid, [name]: fieldFor(named, id) }
      const inPath = Object.entries(input).filter(([key]) => entry.pathNames.includes(key))
      const beside = Object.entries(input).filter(([key]) => !entry.pathNames.includes(key))
      const path = Object.fromEntries(inPath) as Record<string, string>
      return takesBody(entry)
        ? { path, body: Object.fromEntries(beside) }
        : {
            path,
            query: String(
              new URLSearchParams(Object.fromEntries(beside) as Record<string, string>),
            ),
          }
    }

    /** Every row that names the object, as it stands. */
    const rowsWith = async (id: string): Promise<readonly string[]> => {
      const tables = (await listTables(scene.app)).filter((table) => !/^audit_/.test(table))
      const rows = await Promise.all(
        tables.map(async (table) =>
          (await rowsOf(scene.app.db, table)).map((row) => `${table} ${JSON.stringify(row)}`),
        ),
      )
      return rows.flat().filter((row) => row.includes(`"${id}"`))
    }

    test('every name in an input that can name an object has a fixture, and every fixture such a name', () => {
      const missing = names()
        .filter(({ object }) => object === undefined)
        .map(
          ({ entry, name }) =>
            `${name} of ${entry.operation.name}: ${placeFor('objects', entry.module)}`,
        )
      assert.deepEqual(missing, [])
      const inInputs = names().flatMap(({ entry: { module, operation }, name }) =>
        [name, name.replace(/s$/, ''), `${operation.name}:${name}`].map(
          (key) => `${module}.${key}`,
        ),
      )
      const objects = [...all].flatMap(([module, fixtures]) =>
        Object.entries(fixtures.objects ?? {}).map(([key, object]) => ({
          at: `${module}.${key}`,
          sameAs: 'sameAs' in object ? object.sameAs : null,
        })),
      )
      const asked = new Set([...inInputs, ...objects.map(({ sameAs }) => sameAs)])
      assert.deepEqual(
        objects.map(({ at }) => at).filter((at) => !asked.has(at)),
        [],
        'no input has these names',
      )
    })

    test('look exactly like things that do not exist, and stay as they were', async () => {
      for (const named of owned()) {
        const { name } = named.entry.operation
        await letAnHourPass(scene)
        const id = await theirsOf(named)
        const before = await rowsWith(id)
        const ask = async (one: string) =>
          call(scene.owner.browser, named.entry, await givenWith(named, one))
        const [theirs, nobodys] = [await ask(id), await ask(madeUpId)]
        if (isInPath(named)) assert.equal(theirs.status, 404, `${name}: ${theirs.text}`)
        else assert.ok(theirs.status >= 400, `${name}: ${theirs.text}`)
        assert.deepEqual(bare(theirs), bare(nobodys), `${name} ${named.name}`)
        const differing = ['date', 'x-request-id', 'ratelimit']
        const kept = ({ headers }: typeof theirs) =>
          Object.entries(headers).filter(([header]) => !differing.includes(header))
        assert.deepEqual(kept(theirs), kept(nobodys), `${name}: the headers tell`)
        const after = new Set(await rowsWith(id))
        assert.ok(before.length > 0, `${name}: no row names ${id}`)
        assert.deepEqual(
          before.filter((row) => !after.has(row)),
          [],
          `${name} changed what is not the caller’s`,
        )
      }
    })

    test('look like that to a program with an access token, and to a caller without any, too', async () => {
      await letAnHourPass(scene)
      const { scopes } = scene.app.app.runtime.registry.catalogue
      const { token } = await makeToken(scene.owner, { scopes: scopes.map(({ id }) => id) })
      for (const named of owned().filter(isInPath)) {
        const { name } = named.entry.operation
        await letAnHourPass(scene)
        const id = await theirsOf(named)
        const [given, invented] = [await givenWith(named, id), await givenWith(named, madeUpId)]
        for (const [who, browser] of [
          ['a token', withToken(scene.app, token)],
          ['nobody', scene.app.newBrowser()],
        ] as const) {
          const theirs = await call(browser, named.entry, given)
          const nobodys = await call(browser, named.entry, invented)
          const refused = who === 'nobody' ? [401] : [403, 404]
          assert.ok(refused.includes(theirs.status), `${name} as ${who}: ${theirs.text}`)
          assert.deepEqual(bare(theirs), bare(nobodys), `${name} as ${who}`)
        }
      }
    })
  },
  { product, settings },
)

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
    // What a proxy asks about another request is answered with that request's method, whichever it is.
    const proxied = endpointsOf(scene.app.app.runtime.registry).filter(asksAboutAnother)
    for (const { entry } of proxied) byPath.delete(entry.path)
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
