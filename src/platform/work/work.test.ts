import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { type Piece, type WorkKind, workKind } from '@latchkey/kit'
import * as kitServer from '@latchkey/kit/server'
import { z } from 'zod'
import { onEachBasis, rowsOf } from '#test/harness/basis.ts'
import { enqueueWork } from './enqueue.ts'
import { cancelWork, deleteOldWork, findWork, holdWork, readWork } from './follow.ts'
import { claimWork } from './store.ts'
import type { WorkTables } from './tables.ts'
import { startWorker, workOffDue } from './worker.ts'

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const until = async (isSo: () => boolean): Promise<void> => {
  for (let wait = 0; wait < 500 && !isSo(); wait += 1) await pause(10)
}

const Sum = z.object({ upTo: z.int() })
const sum = workKind({
  name: 'test.sum',
  input: Sum,
  output: z.object({ total: z.int() }),
  run: async (_ctx, { upTo }, piece) => {
    let total = 0
    for (let n = 1; n <= upTo; n += 1) {
      total += n
      await piece.progress(n, upTo, `added ${n}`)
    }
    return { total }
  },
})

const Secret = z.object({ word: z.string() })
/** A kind that does what the test says. */
const doing = (
  run: (word: string, piece: Piece) => Promise<void> | void,
  more: Partial<WorkKind> = {},
) =>
  workKind({
    ...{ name: 'test.doing', input: Secret },
    ...(more as Partial<WorkKind<typeof Secret, z.ZodVoid>>),
    run: async (_ctx, { word }, piece) => run(word, piece),
  })
const idle = doing(() => undefined)

onEachBasis('work', (held) => {
  const ctx = () => held.basis.ctx
  const work = () => held.basis.db.withTables<WorkTables>()
  const one = () => work().selectFrom('work').selectAll().executeTakeFirstOrThrow()
  const queue = (word: string, kind: WorkKind<typeof Secret, z.ZodVoid> = idle) =>
    enqueueWork(ctx(), kind, { input: { word } })
  const order = async (max: number) => {
    const claimed = await claimWork(ctx(), { kind: idle.name, leaseMs: 60_000, max })
    return claimed.map(({ input }) => Secret.parse(JSON.parse(input ?? '')).word)
  }
  beforeEach(async () => {
    await work().deleteFrom('work').execute()
    held.basis.logLines.length = 0
  })

  test('is done, and its progress and result can be read afterwards', async () => {
    const id = await enqueueWork(ctx(), sum, { input: { upTo: 4 }, userId: 'usr_1' })
    assert.equal((await findWork(ctx(), sum, id))?.state, 'waiting')
    assert.equal(await workOffDue(ctx(), [sum, idle]), 1)
    const found = await findWork(ctx(), sum, id)
    assert.deepEqual(
      [found?.state, found?.userId, found?.result, found?.progress, found?.lastError],
      ['done', 'usr_1', { total: 10 }, { done: 4, total: 4, note: 'added 4' }, null],
    )
    assert.equal(await findWork(ctx(), idle, id), null, 'it is of another kind')
  })

  test('can be queued, followed and cancelled by a module from outside', async () => {
    const queued = { input: { upTo: 2 } }
    const id = await ctx().transaction((inner) => kitServer.enqueueWork(inner, sum, queued))
    const other = await kitServer.enqueueWork(ctx(), sum, queued)
    assert.equal(await kitServer.cancelWork(ctx(), sum, other), 'cancelled')
    await workOffDue(ctx(), [sum])
    assert.deepEqual((await kitServer.findWork(ctx(), sum, id))?.result, { total: 3 })
  })

  test('shows how far it is while it runs', async () => {
    const seen: unknown[] = []
    const kind = doing(async (_word, piece) => {
      await piece.progress(1, null)
      held.basis.clock.advance(1500)
      await piece.progress(2, 3, 'two of three')
      seen.push((await findWork(ctx(), idle, piece.id))?.progress)
    })
    await queue('x')
    await workOffDue(ctx(), [kind])
    assert.deepEqual(seen, [{ done: 2, total: 3, note: 'two of three' }])
  })

  test('is there when the change is, and not without it; whoever commits wakes the worker', async () => {
    const before = held.basis.woken()
    const failing = ctx().transaction(async (inner) => {
      await enqueueWork(inner, idle, { input: { word: 'never' } })
      throw new Error('no')
    })
    await assert.rejects(failing, /no/)
    assert.deepEqual([await rowsOf(held.basis.db, 'work'), held.basis.woken()], [[], before])
    await ctx().transaction(async (inner) => {
      for (const word of ['one', 'two']) await enqueueWork(inner, idle, { input: { word } })
      assert.equal(held.basis.woken(), before)
    })
    assert.equal(held.basis.woken(), before + 1)
    await queue('alone')
    assert.equal(held.basis.woken(), before + 2)
  })

  test('of a sealed kind says neither what it was given nor what came of it, in the table, an error or the log', async () => {
    const kind = workKind({
      ...{ name: 'test.sealed', input: Secret, output: Secret, sealed: true },
      run: async (_ctx, { word }) => {
        if (word === 'canary-bad') throw new Error(`cannot do ${word}`)
        if (word.startsWith('canary-long')) throw new Error(`${word} ${word} ${word}`)
        return { word: `${word}-done` }
      },
    })
    const good = await enqueueWork(ctx(), kind, { input: { word: 'canary-good' } })
    await enqueueWork(ctx(), kind, { input: { word: 'canary-bad' } })
    await enqueueWork(ctx(), kind, { input: { word: `canary-long${'x'.repeat(230)}` } })
    await workOffDue(ctx(), [kind])
    for (const row of await rowsOf(held.basis.db, 'work')) {
      const shown = Object.values(row).map((value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
      )
      assert.doesNotMatch(shown.join(' '), /canary/)
    }
    assert.deepEqual((await findWork(ctx(), kind, good))?.result, { word: 'canary-good-done' })
    const errors = (await rowsOf(held.basis.db, 'work')).map((row) => row.last_error)
    assert.ok(errors.includes('Error: cannot do [redacted]'), String(errors))
    assert.doesNotMatch(held.basis.logLines.join(' '), /canary/)
  })

  test('that fails is tried again later, then ends as failed and stays to be seen for a week', async () => {
    const kind = doing(
      () => {
        throw new Error('no luck')
      },
      { attemptsMax: 2, backOff: { firstSeconds: 5, longestSeconds: 5 } },
    )
    await queue('x')
    assert.equal(await workOffDue(ctx(), [kind]), 1)
    assert.deepEqual([(await one()).state, (await one()).attempts], ['waiting', 1])
    held.basis.clock.advance(5001)
    await workOffDue(ctx(), [kind])
    const failed = await one()
    assert.deepEqual([failed.state, failed.last_error], ['failed', 'Error: no luck'])
    held.basis.clock.advance(6 * 24 * 3600_000)
    await deleteOldWork(ctx())
    assert.deepEqual((await readWork(ctx()))[0]?.counts, { failed: 1 })
    held.basis.clock.advance(2 * 24 * 3600_000)
    await deleteOldWork(ctx())
    assert.deepEqual(await readWork(ctx()), [])
  })

  test('that no attempt can mend ends at the first: a final error, an input or a result that does not fit', async () => {
    const final = doing(
      () => {
        throw new RangeError('never')
      },
      { name: 'test.final', isFinal: (error) => error instanceof RangeError },
    )
    const older = { name: 'test.changed', input: z.object({ old: z.string() }) }
    const newer = doing(() => undefined, { name: 'test.changed' })
    const wrong = workKind({ ...sum, name: 'test.wrong', run: async () => ({ total: 0.5 }) })
    await queue('x', final)
    await enqueueWork(ctx(), older, { input: { old: 'x' } })
    await enqueueWork(ctx(), wrong, { input: { upTo: 1 } })
    assert.equal(await workOffDue(ctx(), [final, newer, wrong]), 3)
    assert.deepEqual(
      (await readWork(ctx())).map(({ kind, counts }) => [kind, counts]),
      ['test.changed', 'test.final', 'test.wrong'].map((kind) => [kind, { failed: 1 }]),
    )
  })

  test('with an input that is wrong, or longer than 64 KiB, is not queued', async () => {
    await assert.rejects(queue(7 as never))
    await assert.rejects(queue('x'.repeat(70_000)), /longer than 65536 bytes/)
    assert.deepEqual(await rowsOf(held.basis.db, 'work'), [])
  })

  test('can wait for its time', async () => {
    const notBefore = ctx().now() + 60_000
    await enqueueWork(ctx(), idle, { input: { word: 'later' }, notBefore })
    assert.equal(await workOffDue(ctx(), [idle]), 0)
    held.basis.clock.advance(60_001)
    assert.equal(await workOffDue(ctx(), [idle]), 1)
  })

  test('that waits is cancelled at once, and what has ended cannot be', async () => {
    const id = await queue('x')
    assert.equal(await cancelWork(ctx(), idle, id), 'cancelled')
    assert.equal(await workOffDue(ctx(), [idle]), 0)
    assert.equal((await findWork(ctx(), idle, id))?.state, 'cancelled')
    assert.equal(await cancelWork(ctx(), idle, id), 'over')
    assert.equal(await cancelWork(ctx(), idle, 'wrk_unknown'), 'over')
  })

  test('is cancelled only as what it is: an id sent to one module does not stop the work of another', async () => {
    const id = await queue('x')
    assert.equal(await cancelWork(ctx(), sum, id), 'over')
    assert.equal(await workOffDue(ctx(), [idle]), 1)
  })

  test('that runs is asked to end, and is cancelled when it does', async () => {
    let hasBegun = false
    const kind = doing(async (_word, piece) => {
      hasBegun = true
      while (!(await piece.isCancelled())) {
        held.basis.clock.advance(1001)
        await pause(5)
      }
      piece.signal.throwIfAborted()
    })
    const id = await queue('x')
    const worker = startWorker(ctx(), [kind])
    await until(() => hasBegun)
    assert.equal(await cancelWork(ctx(), idle, id), 'asked')
    for (let wait = 0; wait < 300 && (await one()).state === 'running'; wait += 1) await pause(10)
    await worker.stop()
    const { state, attempts, last_error } = await one()
    assert.deepEqual([state, attempts, last_error], ['cancelled', 1, null])
    assert.doesNotMatch(held.basis.logLines.join('\n'), /failed/)
  })

  test('that was asked to end and fails is not tried again', async () => {
    const kind = doing(async (_word, piece) => {
      await cancelWork(ctx(), idle, piece.id)
      throw new Error('for another reason')
    })
    await queue('x')
    await workOffDue(ctx(), [kind])
    assert.equal((await one()).state, 'cancelled')
  })

  test('of a thousand pieces of one person holds up nobody else', async () => {
    await ctx().transaction(async (inner) => {
      for (let n = 0; n < 1000; n += 1)
        await enqueueWork(inner, idle, { input: { word: `ada ${n}` }, userId: 'usr_ada' })
      // Nor after a long wait, because a mail server was down.
      held.basis.clock.advance(600_000)
      for (let n = 0; n < 3; n += 1)
        await enqueueWork(inner, idle, { input: { word: `bob ${n}` }, userId: 'usr_bob' })
    })
    const first = await order(8)
    assert.deepEqual(
      first.filter((word) => word.startsWith('bob')),
      ['bob 0', 'bob 1', 'bob 2'],
      first.join(', '),
    )
    held.basis.clock.advance(500)
    await enqueueWork(ctx(), idle, { input: { word: 'eve' }, userId: 'usr_eve' })
    assert.ok((await order(2)).includes('eve'), 'a latecomer waits behind the whole crowd')
    await enqueueWork(ctx(), idle, { input: { word: 'urgent' }, userId: 'usr_ada', priority: -1 })
    assert.deepEqual(await order(1), ['urgent'])
  })

  test('that waited in a backup is held and not done', async () => {
    const id = await queue('x')
    assert.deepEqual([await holdWork(ctx()), await holdWork(ctx())], [1, 0])
    assert.equal(await workOffDue(ctx(), [idle]), 0)
    assert.deepEqual([(await findWork(ctx(), idle, id))?.state], ['held'])
    assert.equal(await cancelWork(ctx(), idle, id), 'over')
  })
})
