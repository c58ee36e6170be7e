import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachBasis, rowsOf } from '#test/harness/basis.ts'
import {
  consumeOneTimeToken,
  deleteOldOneTimeTokens,
  issueOneTimeToken,
  mayMailAgain,
  peekOneTimeToken,
  voidOneTimeTokens,
} from './one-time-token.ts'

onEachBasis('a one-time token', (held) => {
  const ctx = () => held.basis.ctx
  const issue = (
    token: {
      kind?: string
      userId?: string | null
      ttlSeconds?: number
      recipient?: string
      state?: object
    } = {},
  ) => issueOneTimeToken(ctx(), { kind: 'reset', userId: 'usr_1', ttlSeconds: 60, ...token })

  test('is 256 bits that are not in the database', async () => {
    const secret = await issue()
    assert.match(secret, /^[\w-]{43}$/)
    const stored = JSON.stringify(await rowsOf(held.basis.db, 'one_time_tokens'))
    assert.equal(stored.includes(secret), false)
  })

  test('of twenty who use it at once exactly one gets it', async () => {
    const secret = await issue({ state: { email: 'a@b.c' } })
    const tries = await Promise.all(
      Array.from({ length: 20 }, () => consumeOneTimeToken(ctx(), 'reset', secret)),
    )
    const won = tries.filter((one) => one !== null)
    assert.deepEqual(won, [{ userId: 'usr_1', state: { email: 'a@b.c' } }])
  })

  test('twenty in transactions of two processes: still one, and a roll-back gives it back', async () => {
    const secret = await issue()
    const failing = ctx().transaction(async (inner) => {
      assert.ok(await consumeOneTimeToken(inner, 'reset', secret))
      throw new Error('no')
    })
    await assert.rejects(failing)
    const other = {
      ...ctx(),
      db: held.basis.engine === 'postgres' ? held.basis.openAgain() : held.basis.db,
    }
    const tries = Array.from({ length: 20 }, (_, index) =>
      index % 2
        ? ctx().transaction((inner) => consumeOneTimeToken(inner, 'reset', secret))
        : consumeOneTimeToken(other, 'reset', secret),
    )
    assert.equal((await Promise.all(tries)).filter(Boolean).length, 1)
  })

  test('looking does not use it up', async () => {
    const secret = await issue()
    for (let look = 0; look < 3; look += 1)
      assert.ok(await peekOneTimeToken(ctx(), 'reset', secret))
    assert.ok(await consumeOneTimeToken(ctx(), 'reset', secret))
    assert.equal(await peekOneTimeToken(ctx(), 'reset', secret), null)
  })

  test('unknown, used, run-out, void and of another kind are all the same nothing (attack A46)', async () => {
    const used = await issue()
    await consumeOneTimeToken(ctx(), 'reset', used)
    const voided = await issue({ userId: 'usr_void' })
    await voidOneTimeTokens(ctx(), 'reset', 'usr_void')
    const late = await issue({ ttlSeconds: 1 })
    const other = await issue({ kind: 'join' })
    held.basis.clock.advance(1000)
    for (const secret of [
      used,
      voided,
      late,
      other,
      'made-up',
      '',
      `${used} `,
      used.toUpperCase(),
    ]) {
      assert.equal(await consumeOneTimeToken(ctx(), 'reset', secret), null)
      assert.equal(await peekOneTimeToken(ctx(), 'reset', secret), null)
    }
    assert.ok(await consumeOneTimeToken(ctx(), 'join', other), 'the right kind still works')
  })

  test('voiding those of one person leaves the others', async () => {
    const [mine, theirs, nobodys] = [
      await issue({ userId: 'a' }),
      await issue({ userId: 'b' }),
      await issue({ userId: null }),
    ]
    await voidOneTimeTokens(ctx(), 'reset', 'a')
    assert.equal(await peekOneTimeToken(ctx(), 'reset', mine), null)
    assert.ok(await peekOneTimeToken(ctx(), 'reset', theirs))
    await voidOneTimeTokens(ctx(), 'reset', null)
    assert.equal(await peekOneTimeToken(ctx(), 'reset', nobodys), null)
    assert.ok(await peekOneTimeToken(ctx(), 'reset', theirs))
  })

  test('one address gets three an hour and ten a day of a kind (attack A66)', async () => {
    const recipient = 'flooded@example.com'
    const ask = (): Promise<boolean> =>
      ctx().transaction(async (inner) => {
        if (!(await mayMailAgain(inner, 'reset', recipient))) return false
        await issueOneTimeToken(inner, { kind: 'reset', userId: null, ttlSeconds: 60, recipient })
        return true
      })
    const sent: number[] = []
    for (let hour = 0; hour < 25; hour += 1) {
      const asked = await Promise.all(Array.from({ length: 5 }, ask))
      sent.push(asked.filter(Boolean).length)
      held.basis.clock.advance(3600_000)
    }
    assert.deepEqual(sent.slice(0, 6), [3, 3, 3, 1, 0, 0])
    assert.equal(
      sent.slice(0, 24).reduce((sum, count) => sum + count, 0),
      10,
    )
    assert.equal(sent[24], 3)
    assert.equal(await mayMailAgain(ctx(), 'reset', 'other@example.com'), true)
    assert.equal(await mayMailAgain(ctx(), 'join', recipient), true)
  })

  test('rows stay a month after their end, then go', async () => {
    await deleteOldOneTimeTokens(ctx())
    assert.ok((await rowsOf(held.basis.db, 'one_time_tokens')).length > 0)
    held.basis.clock.advance(32 * 24 * 3600_000)
    await deleteOldOneTimeTokens(ctx())
    assert.equal((await rowsOf(held.basis.db, 'one_time_tokens')).length, 0)
  })
})
