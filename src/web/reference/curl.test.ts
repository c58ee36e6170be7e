import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { openApiDocument } from '#platform/http/openapi/document.ts'
import { product } from '#test/harness/product.ts'
import { curlOf } from './curl.ts'
import { findOperations, type OpenApi, readReference } from './document.ts'

const { registry } = product

const made = openApiDocument(registry, {
  publicUrl: 'https://account.acme.test',
  sessionCookieName: 'latchkey',
  now: Date.now(),
})
const reference = readReference(JSON.parse(JSON.stringify(made)) as OpenApi)

test('the page knows every operation, with what it refuses', () => {
  assert.deepEqual(
    reference.operations.map(({ id }) => id).sort(),
    registry.entries.map(({ operation }) => operation.name).sort(),
  )
  for (const { id, refusals } of reference.operations) assert.ok(refusals.length > 3, id)
})

test('every request can be pasted into a shell and arrives as it was meant', () => {
  for (const operation of reference.operations) {
    const shell = `curl() { printf '%s\\0' "$@"; }; uuidgen() { echo fresh; }; ${curlOf(operation, reference)}`
    const { stdout, stderr, status } = spawnSync('sh', ['-c', shell], { encoding: 'utf8' })
    assert.equal(`${status}${stderr}`, '0', operation.id)
    const words = stdout.split('\0')
    assert.ok(words.some((word) => word.startsWith('https://account.acme.test/')))
    assert.equal(words.includes('Idempotency-Key: "fresh"'), operation.takesKey, operation.id)
    const body = words[words.indexOf('-d') + 1]
    const example = operation.body?.['application/json']?.example
    if (example) assert.deepEqual(JSON.parse(body ?? ''), example)
  }
})

test('operations are found by any words of name, address, scope or refusal', () => {
  const found = (typed: string) => findOperations(reference.operations, typed).map(({ id }) => id)
  assert.deepEqual(found('INVITE post'), ['people.invite', 'people.resend-invitation'])
  assert.ok(found('account:write').includes('account.update-profile'))
  assert.deepEqual(found('sessions.not_found'), ['sessions.rename', 'sessions.end'])
  assert.deepEqual(found('no such thing'), [])
  assert.equal(found('  ').length, reference.operations.length)
})
