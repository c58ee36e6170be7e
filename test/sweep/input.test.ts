import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { wanted } from '#platform/input/wanted.ts'
import type { Entry } from '#platform/operations/registry.ts'
import type { Answer } from '#test/harness/client.ts'
import { assertRefused, faultsIn, onEachEngine } from '#test/harness/scene.ts'
import {
  assertNoFaults,
  assertNotFault,
  call,
  entriesOf,
  fieldsOf,
  type Given,
  isStream,
  letAnHourPass,
  sampleInput,
  takesBody,
} from './calls.ts'

type ProblemField = { readonly pointer: string; readonly message: string }
const said = ({ pointer, message }: ProblemField): string => `${pointer} ${message}`

const jsonBytesMax = 64 * 1024

onEachEngine('the input of every operation', (scene) => {
  const ask = (entry: Entry, given: Given = {}): Promise<Answer> =>
    call(scene.owner.browser, entry, given)
  const withBody = () => entriesOf(scene).filter(takesBody)
  const withQuery = () => entriesOf(scene).filter((entry) => !takesBody(entry))
  // Limits per person are counted before the input is read.
  beforeEach(() => letAnHourPass(scene))
  after(() => assertNoFaults(scene.app))

  test('a property nobody declared is refused and pointed at', async () => {
    for (const entry of withBody()) {
      const answer = await ask(entry, { body: { ...sampleInput(entry), surprise: 1 } })
      assert.equal(
        answer.body.code,
        'http.invalid_input',
        `${entry.operation.name}: ${answer.text}`,
      )
      assert.ok(faultsIn(answer).includes('/surprise unrecognized_keys'), entry.operation.name)
    }
  })

  test('what is wrong is said in the words of people, not of a schema library', async () => {
    const jargon = /expected|received|Invalid|Too (big|small)|pattern|undefined|safeint/i
    for (const entry of entriesOf(scene))
      for (const wrong of [[], -1, '', 'x'.repeat(3000), null, undefined]) {
        const body = Object.fromEntries(Object.keys(fieldsOf(entry)).map((name) => [name, wrong]))
        const { issues = [] } = entry.schema.safeParse(body, { error: wanted }).error ?? {}
        for (const { path, message } of issues)
          assert.doesNotMatch(message, jargon, `${entry.operation.name} ${path}`)
      }
    const [entry] = withBody().filter(({ operation }) => operation.name === 'password.assess')
    assert.ok(entry)
    const { body } = await ask(entry, { body: { password: [], name: 'x'.repeat(101), email: 5 } })
    assert.deepEqual(body.fields.map(said), [
      '/password must be a text',
      '/name must have at most 100 characters',
      '/email must be a text',
    ])
  })

  test('names that every object has, or that name its prototype, are properties nobody declared', async () => {
    for (const entry of withBody()) {
      const answer = await ask(entry, { body: '{"__proto__":{"isAdmin":true},"constructor":1}' })
      assert.equal(
        answer.body.code,
        'http.invalid_input',
        `${entry.operation.name}: ${answer.text}`,
      )
    }
  })

  test('a query name nobody declared is refused and pointed at', async () => {
    for (const entry of entriesOf(scene)) {
      const body = takesBody(entry) ? { body: sampleInput(entry) } : {}
      const answer = await ask(entry, { query: 'surprise=1', ...body })
      assert.equal(
        answer.body.code,
        'http.invalid_input',
        `${entry.operation.name}: ${answer.text}`,
      )
      assert.ok(faultsIn(answer).includes('/surprise unrecognized_keys'), entry.operation.name)
    }
  })

  test('a query name that comes twice has no one meaning', async () => {
    for (const entry of withQuery())
      for (const name of Object.keys(fieldsOf(entry))) {
        const answer = await ask(entry, { query: `${name}=1&${name}=2` })
        assert.equal(answer.body.code, 'http.invalid_input', `${entry.operation.name} ${name}`)
        assert.deepEqual(answer.body.fields.map(said), [`/${name} is there more than once`])
      }
  })

  test('what the path says cannot be said a second time elsewhere', async () => {
    for (const entry of entriesOf(scene))
      for (const name of entry.pathNames) {
        const given = takesBody(entry)
          ? { body: { ...sampleInput(entry), [name]: 'x' } }
          : { query: `${name}=x` }
        const answer = await ask(entry, given)
        assertRefused(answer, 400, 'http.invalid_input')
        assert.ok(faultsIn(answer).some((fault) => fault.startsWith(`/${name} `)))
      }
  })

  test('only its own content type is read', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'text/json',
      '',
      ...(['utf-16', 'latin1', 'utf-8,utf-16', ''] as const).map(
        (charset) => `application/json; charset=${charset}`,
      ),
    ]
    for (const entry of entriesOf(scene)) {
      if (!takesBody(entry) && !entry.operation.upload) continue
      for (const type of types) {
        const answer = await ask(entry, { headers: { 'content-type': type } })
        assert.equal(
          `${entry.operation.name} ${type}: ${answer.body.code}`,
          `${entry.operation.name} ${type}: http.content_type`,
        )
        assert.equal(answer.status, 415)
      }
      await letAnHourPass(scene)
    }
  })

  test('a body that says it is compressed is not read as one that is not', async () => {
    for (const entry of entriesOf(scene)) {
      if (!takesBody(entry) && !entry.operation.upload) continue
      for (const coding of ['gzip', 'br', 'GZIP', 'identity, gzip', 'x']) {
        const answer = await ask(entry, { headers: { 'content-encoding': coding } })
        assertRefused(answer, 415, 'http.content_type')
      }
      await letAnHourPass(scene)
    }
  })

  test('UTF-8 may be named as everybody writes it, and no coding as identity', async () => {
    const entry = withBody().find(({ operation }) => operation.name === 'password.assess')
    assert.ok(entry)
    for (const charset of ['utf-8', 'UTF-8', '"utf-8"', 'Utf-8 ; x=y']) {
      const headers = {
        'content-type': `Application/JSON;Charset=${charset}`,
        'content-encoding': 'identity',
      }
      const answer = await ask(entry, { headers, body: { password: 'granite lantern' } })
      assert.equal(answer.status, 200, `${charset}: ${answer.text}`)
    }
  })

  test('a body that is not one JSON object is refused', async () => {
    const bodies = [
      '{',
      '[]',
      'null',
      '"text"',
      '1',
      '{"a":1}{"b":2}',
      Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
      "{'a':1}",
    ]
    for (const entry of withBody()) {
      for (const body of bodies)
        assertRefused(await ask(entry, { body }), 400, 'http.malformed_body')
      await letAnHourPass(scene)
    }
  })

  test('a body nested a thousand times does no harm', async () => {
    const deep = `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`
    for (const entry of withBody())
      assertRefused(await ask(entry, { body: deep }), 400, 'http.invalid_input')
  })

  test('what a contract leaves open may be nested a little, and not without end', async () => {
    const entry = entriesOf(scene).find(({ operation }) => operation.name === 'passkeys.sign-in')
    assert.ok(entry)
    const response = { clientDataJSON: 'AA', authenticatorData: 'AA', signature: 'AA' }
    const passkey = { id: 'AA', rawId: 'AA', type: 'public-key', response }
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
    const answer = (depth: number): Promise<Answer> => {
      const rest = JSON.stringify(passkey).slice(1)
      const extensions = `{"clientExtensionResults":{"a":${nested(depth)}},${rest}`
      return ask(entry, { body: `{"ceremonyId":"cer_x","response":${extensions}}` })
    }
    assertRefused(await answer(8), 401, 'passkeys.failed')
    for (const depth of [50, 5_000, 30_000]) {
      const refused = await answer(depth)
      assertRefused(refused, 400, 'http.invalid_input')
      assert.match(refused.body.fields[0].message, /nested too deeply/)
    }
  })

  test('one name thousands of times in an address costs no more than any other of that length', async () => {
    const { browser } = scene.owner
    const quickest = async (query: string): Promise<number> => {
      const taken: number[] = []
      for (let time = 0; time < 5; time += 1) {
        const path = `/api/v1/verify?${query}`
        const before = performance.now()
        const { status } = await browser.send({
          method: 'GET',
          path,
          headers: { host: 'localhost' },
        })
        taken.push(performance.now() - before)
        assert.equal(status, 401)
      }
      return Math.min(...taken)
    }
    const [plain, again] = [await quickest('&'.repeat(15_000)), await quickest('a&'.repeat(7_500))]
    assert.ok(again < 8 * plain + 10, `${again.toFixed(1)} ms instead of ${plain.toFixed(1)} ms`)
  })

  test('a body over its limit is refused, with its length told or not', async () => {
    for (const entry of entriesOf(scene)) {
      if (!takesBody(entry) && !entry.operation.upload) continue
      const size = (entry.operation.upload?.bytesMax ?? jsonBytesMax) + 1
      const body = takesBody(entry) ? `{"a":"${'x'.repeat(size)}"}` : Buffer.alloc(size)
      const told = await ask(entry, { body, headers: { 'content-length': String(body.length) } })
      assertRefused(told, 413, 'http.body_too_large')
      assertRefused(await ask(entry, { body }), 413, 'http.body_too_large')
    }
  })

  test('a value of the wrong type is refused and pointed at, field by field', async () => {
    for (const entry of withBody()) {
      const fields = Object.entries(fieldsOf(entry))
      for (const value of [7, null, [], [[]], { $ne: null }, { 0: 'a' }, ['a', 'b']]) {
        const wrong = fields
          .filter(([, schema]) => !schema.safeParse(value).success)
          .map(([name]) => name)
        if (wrong.length === 0) continue
        const answer = await ask(entry, {
          body: Object.fromEntries(fields.map(([name]) => [name, value])),
        })
        assertRefused(answer, 400, 'http.invalid_input')
        const pointed = new Set(faultsIn(answer).map((fault) => fault.split(/[/ ]/)[1]))
        for (const name of wrong)
          assert.ok(pointed.has(name), `${entry.operation.name} ${name}: ${answer.text}`)
      }
      await letAnHourPass(scene)
    }
  })

  test('a text that is far too long is refused wherever a text is taken', async () => {
    const long = 'x'.repeat(30_000)
    for (const entry of withBody())
      for (const name of Object.keys(fieldsOf(entry))) {
        const answer = await ask(entry, { body: { ...sampleInput(entry), [name]: long } })
        assert.equal(
          answer.body.code,
          'http.invalid_input',
          `${entry.operation.name} takes ${name} of any length`,
        )
      }
    for (const entry of withQuery())
      for (const name of Object.keys(fieldsOf(entry))) {
        const answer = await ask(entry, { query: `${name}=${'x'.repeat(2000)}` })
        assert.equal(
          answer.body.code,
          'http.invalid_input',
          `${entry.operation.name} takes ${name} of any length`,
        )
      }
    for (const entry of entriesOf(scene).filter(({ pathNames }) => pathNames.length > 0)) {
      const path = Object.fromEntries(entry.pathNames.map((name) => [name, 'x'.repeat(2000)]))
      const answer = await ask(entry, {
        path,
        ...(takesBody(entry) ? { body: sampleInput(entry) } : {}),
      })
      assert.equal(
        answer.body.code,
        'http.invalid_input',
        `${entry.operation.name} takes a path of any length`,
      )
    }
  })
})

/** Texts that have broken something somewhere: PostgreSQL takes no NUL, UTF-8 no lone surrogate. */
const odd = [
  '\u0000',
  'x\u0000y-of-some-length-and-more',
  '\ud800',
  `'";--\\%_\u202e\u0301𝒳<x>`,
  '../../etc/passwd',
]

onEachEngine('odd texts', (scene) => {
  after(() => assertNoFaults(scene.app))

  test('half a character is refused: no database would give it back as it was', async () => {
    const { browser } = scene.owner
    for (const name of ['\ud800', 'Ada \udc00 Lovelace'])
      for (const operation of ['account.update-profile', 'access-tokens.create']) {
        const answer = await browser.do(operation, { name })
        assert.equal(answer.status, 400, answer.text)
        assert.equal(answer.body.code, 'http.invalid_input')
      }
    assert.equal((await browser.do('account.update-profile', { name: 'Ada 𝒳' })).status, 200)
  })

  test('in any one field are taken or refused, and never a fault', async () => {
    for (const entry of entriesOf(scene).filter(takesBody)) {
      await letAnHourPass(scene)
      for (const name of Object.keys(fieldsOf(entry)))
        for (const text of odd) {
          const body = { ...sampleInput(entry), [name]: text }
          const answer = await call(scene.owner.browser, entry, { body })
          assertNotFault(answer, `${entry.operation.name} with ${name} ${JSON.stringify(text)}`)
        }
    }
  })

  const texts = [
    '%00',
    'a%00b',
    '%ED%A0%80',
    '%FF',
    '%',
    '%2e%2e%2f',
    encodeURIComponent(odd[3] ?? ''),
  ]
  const placesIn = (entry: Entry, text: string): Given[] => [
    ...entry.pathNames.map((name) => ({ path: { [name]: text } })),
    ...(takesBody(entry)
      ? []
      : Object.keys(fieldsOf(entry)).map((name) => ({ query: `${name}=${text}` }))),
  ]

  test('in a path or a query are taken or refused, and never a fault', async () => {
    for (const entry of entriesOf(scene).filter((one) => !isStream(one))) {
      await letAnHourPass(scene)
      const body = takesBody(entry) ? { body: sampleInput(entry) } : {}
      for (const given of texts.flatMap((text) => placesIn(entry, text))) {
        const answer = await call(scene.owner.browser, entry, { ...given, ...body })
        assertNotFault(answer, `${entry.operation.name} with ${JSON.stringify(given)}`)
      }
    }
  })

  test('in a cursor that was taken apart and put together again start from the beginning or are refused', async () => {
    const cursors = [['\u0000', '\u0000'], ['\ud800', 'x'], [1, 2], [null], {}, 'x', [['a'], {}]]
    for (const entry of entriesOf(scene).filter((one) => 'after' in one.operation.input.shape))
      for (const cursor of cursors) {
        const after = Buffer.from(JSON.stringify(cursor)).toString('base64url')
        assertNotFault(
          await call(scene.owner.browser, entry, { query: `after=${after}` }),
          entry.operation.name,
        )
      }
  })
})
