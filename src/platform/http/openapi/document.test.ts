import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { createConfig, lintFromString, type RuleConfig } from '@redocly/openapi-core'
import { takesKey } from '#platform/operations/idempotency.ts'
import type { Entry } from '#platform/operations/registry.ts'
import { product } from '#test/harness/product.ts'
import { onEachEngine } from '#test/harness/scene.ts'
import { openApiDocument } from './document.ts'

const { registry } = product

const made = () =>
  JSON.parse(
    JSON.stringify(
      openApiDocument(registry, {
        publicUrl: 'https://account.acme.test',
        sessionCookieName: 'c',
        now: Date.now(),
      }),
    ),
  )

const strict = [
  'info-license-strict',
  'no-ambiguous-paths',
  'no-invalid-media-type-examples',
  'no-invalid-parameter-examples',
  'no-invalid-schema-examples',
  'no-path-trailing-slash',
  'no-required-schema-properties-undefined',
  'no-schema-type-mismatch',
  'no-unused-components',
  'operation-4xx-problem-details-rfc7807',
  'operation-description',
  'operation-operationId-unique',
  'operation-operationId-url-safe',
  'operation-singular-tag',
  'operation-tag-defined',
  'parameter-description',
  'tag-description',
]

/** Every finding, warnings too, as `rule place`. */
const lint = async (document: object): Promise<string[]> => {
  const rules: Record<string, RuleConfig> = Object.fromEntries(
    strict.map((rule) => [rule, 'error']),
  )
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      ...rules,
      'response-contains-header': { severity: 'error', names: { '2xx': ['X-Request-Id'] } },
    },
  })
  const found = await lintFromString({
    source: JSON.stringify(document),
    absoluteRef: '/openapi.json',
    config,
  })
  return found.map(({ ruleId, location }) => `${ruleId} ${location[0]?.pointer}`)
}

describe('the OpenAPI document', () => {
  test('passes a strict linter without a word, examples and all', async () => {
    assert.deepEqual(await lint(made()), [])
  })

  test('would not, were an example wrong, an operation without words or a scheme unknown', async () => {
    const wrong = made()
    const { post } = wrong.paths['/api/v1/invitations']
    post.requestBody.content['application/json'].example.role = 'king'
    post.description = undefined
    post.security = [{ magic: [] }]
    const found = (await lint(wrong)).map((one) => one.split(' ')[0])
    for (const rule of [
      'no-invalid-media-type-examples',
      'operation-description',
      'security-defined',
    ])
      assert.ok(found.includes(rule), `${rule} was not found: ${found}`)
  })

  const { paths } = made()
  const saidOf = ({ method, path }: Entry) => paths[path][method.toLowerCase()]

  test('has every operation, and says of each which credentials it takes', () => {
    for (const entry of registry.entries) {
      const { access, name } = entry.operation
      const { operationId, security } = saidOf(entry)
      assert.equal(operationId, name)
      const taken = security.flatMap((one: object) => Object.keys(one))
      const keys = 'scope' in access && access.scope ? ['bearer', 'basic'] : []
      assert.deepEqual(taken, 'anyone' in access ? [] : ['session', ...keys], name)
    }
  })

  test('says of each what it refuses, how often it may be called, and whether it takes a key', () => {
    for (const entry of registry.entries) {
      const { refusals, name } = entry.operation
      const { responses, parameters = [] } = saidOf(entry)
      for (const { code, status } of refusals)
        assert.ok(responses[status].content['application/problem+json'].examples[code], code)
      for (const [status, { headers }] of Object.entries<{ headers: object }>(responses))
        assert.equal(
          'RateLimit' in headers && 'RateLimit-Policy' in headers,
          // A proxy asks on behalf of all users, so only its refused questions are counted.
          entry.operation.speaks !== 'proxy' || ['302', '401', '429'].includes(status),
          `${name} ${status}`,
        )
      const keys = JSON.stringify(parameters).match(/parameters\/IdempotencyKey/g) ?? []
      assert.equal(keys.length, takesKey(entry) ? 1 : 0, name)
    }
  })
})

onEachEngine('/api/openapi.json', (scene) => {
  test('is the same packed or not, and open to anyone', async () => {
    const visitor = scene.app.newBrowser()
    const ask = (headers: Record<string, string>) =>
      visitor.send({
        method: 'GET',
        path: '/api/openapi.json',
        headers: { host: 'localhost', ...headers },
      })
    const [plain, packed] = [await ask({}), await ask({ 'accept-encoding': 'gzip, br' })]
    assert.equal(plain.headers['content-type'], 'application/json')
    assert.equal(packed.headers['content-encoding'], 'gzip')
    assert.equal(gunzipSync(packed.bytes).toString(), plain.text)
    assert.ok(packed.bytes.length < 64 * 1024, `it weighs ${packed.bytes.length} bytes`)
  })
})
