import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import {
  answer,
  defineModule,
  defineRefusals,
  fieldRefusal,
  fileOutput,
  issuing,
  operation,
  Refusal,
  settings,
  streamOutput,
  unwrapIssued,
} from './index.ts'

const refusals = defineRefusals({
  gone: { code: 'things.gone', status: 404, title: 'It is gone.', help: 'Look elsewhere.' },
})
const operations = {
  read: operation({
    name: 'things.read',
    summary: 'Read a thing',
    access: { permission: 'things.view' },
    input: z.object({ id: z.string() }),
    output: z.object({ id: z.string() }),
    refusals: [refusals.gone],
    rest: 'GET /api/v1/things/{id}',
  }),
  open: operation({
    name: 'things.open',
    summary: 'Open a thing',
    access: { anyone: true, because: 'It is a test' },
    input: z.object({}),
    output: z.object({}),
    refusals: [],
    rest: 'POST /api/v1/things',
  }),
}

test('a refusal because of one field says which one, why, and in the words of its title', () => {
  const { spec, details } = fieldRefusal(refusals.gone, '/id')
  assert.equal(spec, refusals.gone)
  assert.deepEqual(details.fields, [{ pointer: '/id', code: 'gone', message: 'It is gone.' }])
})

describe('a module', () => {
  test('is data: what was declared is what the platform reads', () => {
    const bound = answer(operations, {
      read: async (_ctx, { id }) => ({ id }),
      open: async () => ({}),
    })
    const made = defineModule({ name: 'things', summary: 'Things', operations: bound, refusals })
    assert.deepEqual(
      made.operations?.map(({ operation: { name } }) => name),
      ['things.read', 'things.open'],
    )
    assert.equal(made.refusals?.gone?.code, 'things.gone')
  })

  test('every operation meets its own rule, whatever the order they are written in', async () => {
    const bound = answer(operations, {
      open: async () => ({}),
      read: async (_ctx, { id }) => ({ id: `${id}!` }),
    })
    const read = bound.find(({ operation: { name } }) => name === 'things.read')
    assert.deepEqual(await read?.rule({} as never, { id: 'x' }), { id: 'x!' })
  })

  test('an operation without an answer, or with one of the wrong shape, does not compile', () => {
    // @ts-expect-error a rule is missing
    answer(operations, { read: async (_ctx: unknown, { id }: { id: string }) => ({ id }) })
    // @ts-expect-error an output of another shape
    answer(operations, { read: async () => ({ id: 7 }), open: async () => ({}) })
    // @ts-expect-error an operation that does not say who may call it
    operation({
      name: 'a.b',
      summary: 'x',
      input: z.object({}),
      output: z.object({}),
      refusals: [],
      rest: 'GET /x',
    })
    const spec = {
      name: 'a.b',
      summary: 'x',
      input: z.object({}),
      output: z.object({}),
      refusals: [],
    } as const
    // @ts-expect-error open to anyone without a reason
    operation({ ...spec, access: { anyone: true }, rest: 'GET /x' })
    // @ts-expect-error no method in the REST line
    operation({ ...spec, access: { permission: 'x' }, rest: '/x' })
  })

  test('outputs that are files or streams say so', () => {
    assert.deepEqual(fileOutput('image/png', 'image/webp'), {
      kind: 'file',
      types: ['image/png', 'image/webp'],
    })
    assert.equal(streamOutput(z.object({})).kind, 'stream')
  })
})

describe('what a caller is to hold', () => {
  test('travels beside the output and is taken off once', () => {
    const answered = issuing({ next: 'done' }, { session: { value: 'x', expiresAt: null } })
    assert.deepEqual(unwrapIssued(answered), {
      output: { next: 'done' },
      issued: { session: { value: 'x', expiresAt: null } },
    })
    assert.deepEqual(unwrapIssued({ next: 'done' }), { output: { next: 'done' }, issued: null })
  })

  test('is never part of what is written as JSON', () => {
    assert.deepEqual(
      JSON.parse(
        JSON.stringify(issuing({ a: 1 }, { session: { value: 'secret', expiresAt: null } })),
      ),
      { output: { a: 1 } },
    )
  })

  test('cannot be made up by an output that only looks like it', () => {
    const output = { output: 1, issuedSecrets: { session: null }, issued: { session: null } }
    assert.deepEqual(unwrapIssued(output), { output, issued: null })
    for (const plain of [null, 7, 'text', undefined])
      assert.deepEqual(unwrapIssued(plain), { output: plain, issued: null })
  })
})

describe('a refusal', () => {
  test('is an error with what is fixed and what varies', () => {
    const refusal = new Refusal(refusals.gone, { detail: 'x', retryAfterSeconds: 3 })
    assert.ok(refusal instanceof Error)
    assert.deepEqual(
      [refusal.name, refusal.message, refusal.spec.code, refusal.details.retryAfterSeconds],
      ['Refusal', 'It is gone.', 'things.gone', 3],
    )
    assert.deepEqual(new Refusal(refusals.gone).details, {})
  })

  test('cannot be a fault: 500 is no status of a refusal', () => {
    // @ts-expect-error 500 is missing from the type on purpose
    defineRefusals({ fault: { code: 'x.y', status: 500, title: 'x', help: 'x' } })
  })
})

test('settings are a name, a summary and a schema', () => {
  const group = settings('things', 'Things', z.strictObject({ max: z.int().default(3) }))
  assert.deepEqual([group.name, group.schema.parse({})], ['things', { max: 3 }])
})
