import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Actor, type Person, Refusal } from '@latchkey/kit'
import { admit } from '#platform/operations/admit.ts'
import type { Call } from '#platform/operations/call.ts'
import { perform } from '#platform/operations/perform.ts'
import { productWith } from '#test/harness/product.ts'
import { onEachEngine } from '#test/harness/scene.ts'
import { rpcModule } from './json-rpc.ts'

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work
    return 'open'
  } catch (error) {
    if (error instanceof Refusal) return error.spec.code
    throw error
  }
}

onEachEngine(
  'a way in that is not HTTP',
  (scene) => {
    const far = {
      address: '192.0.2.1',
      userAgent: 'agent/1',
      hints: {},
      device: null,
      pending: null,
      requestId: 'msg_1',
    }
    /** An agent that acts for the owner, as a gateway would make one of a message on an open connection. */
    const agent = async (scopes: readonly string[], credentialId: string): Promise<Person> => {
      const { body } = await scene.owner.browser.do('account.me')
      const { registry } = scene.app.app.runtime
      return {
        kind: 'agent',
        client: far,
        userId: scene.owner.userId,
        name: 'Ada',
        email: scene.owner.email,
        pictureVersion: null,
        role: 'owner',
        organisation: { id: body.organisation?.id ?? 'org_1', name: 'Acme' },
        permissions: registry.permissionsOf('owner'),
        scopes: new Set(scopes),
        credentialId,
        expiresAt: null,
        assurance: { methods: [], authenticatedAt: 0, strongAt: 0 },
      }
    }

    const callOf = (name: string, actor: Actor): Call => {
      const { runtime } = scene.app.app
      const entry = runtime.registry.entries.find(({ operation }) => operation.name === name)
      assert.ok(entry, name)
      return { runtime, entry, actor, isMetered: true, quota: null }
    }

    type Sent = { readonly input?: Record<string, unknown>; readonly key?: string }
    const run = async (call: Call, { input, key }: Sent = {}) => {
      const ctx = await admit(call)
      return perform(call, ctx, {
        input: input ?? null,
        unknownFields: 'refused',
        idempotencyKey: key ?? null,
      })
    }

    test('performs an operation for a caller it made itself', async () => {
      const call = callOf('account.me', await agent(['account:read'], 'agt_1'))
      const performed = await run(call)
      assert.ok('output' in performed)
      assert.equal((performed.output as { email: string }).email, scene.owner.email)
      assert.equal(call.quota?.name, 'key')
    })

    test('skips none of the questions: who, with which scope, how surely, with what input', async () => {
      const reader = await agent(['account:read'], 'agt_2')
      const changing = { input: { name: 'Ada' } }
      const codes = [
        await codeOf(run(callOf('account.me', { kind: 'visitor', client: far }))),
        await codeOf(run(callOf('account.update-profile', reader), changing)),
        await codeOf(run(callOf('sessions.list', reader))),
        await codeOf(run(callOf('account.me', { ...reader, permissions: new Set() }))),
        await codeOf(run(callOf('account.me', reader), { input: { of: 'Bob' } })),
      ]
      assert.deepEqual(codes, [
        'auth.sign_in_required',
        'auth.scope_missing',
        'auth.session_only',
        'auth.not_allowed',
        'http.invalid_input',
      ])
    })

    test('has one effect for one key, however often it is sent', async () => {
      const once = await agent(['account:read'], 'agt_4')
      const send = (key: string, by: number) =>
        run(callOf('rpc.call', once), { input: { method: 'add', params: { by } }, key })
      const first = await send('k1', 3)
      const second = await send('k1', 3)
      assert.ok('output' in first && 'output' in second)
      assert.deepEqual(second.output, first.output)
      assert.deepEqual([first.isReplayed, second.isReplayed], [false, true])
      const other = await send('k2', 3)
      assert.notDeepEqual('output' in other && other.output, first.output)
      assert.equal(await codeOf(send('k1', 4)), 'http.idempotency_key_reused')
    })

    test('meets the limits of its key', async () => {
      const eager = await agent(['account:read'], 'agt_3')
      const codes: string[] = []
      for (let turn = 0; turn < 6; turn += 1)
        codes.push(await codeOf(run(callOf('account.me', eager))))
      assert.deepEqual(codes, [...Array(5).fill('open'), 'http.too_many_requests'])
    })
  },
  { settings: { LATCHKEY_LIMITS_REQUESTS_PER_KEY: '5' }, product: productWith([rpcModule()]) },
)
