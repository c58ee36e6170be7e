import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { event } from '@latchkey/kit'
import { z } from 'zod'
import { onEachBasis, personActor, rowsOf } from '#test/harness/basis.ts'
import { createContext } from './context.ts'

const noticed = event({
  name: 'sample.noticed',
  code: 'sample:noticed',
  summary: 'Something was noticed',
  group: 'account',
  icon: 'person',
  data: z.object({ count: z.int() }),
})
const letter = { to: 'ada@example.com', text: 'password:changed', values: {} }

onEachBasis('a context', (held) => {
  let [entries, letters, woken] = [0, 0, 0]
  const written = async (): Promise<readonly number[]> => {
    const { db } = held.basis
    return [
      (await rowsOf(db, 'audit_entries')).length - entries,
      (await rowsOf(db, 'work')).length - letters,
      held.basis.woken() - woken,
    ]
  }
  beforeEach(async () => {
    entries = (await rowsOf(held.basis.db, 'audit_entries')).length
    letters = (await rowsOf(held.basis.db, 'work')).length
    woken = held.basis.woken()
  })

  test('an announcement writes the trail and the letter together, and wakes the delivery', async () => {
    await held.basis.ctx.announce(noticed, { count: 1 }, { letters: [letter] })
    assert.deepEqual(await written(), [1, 1, 1])
  })

  test('without a letter nothing is woken', async () => {
    await held.basis.ctx.announce(noticed, { count: 1 })
    assert.deepEqual(await written(), [1, 0, 0])
  })

  test('a rolled-back change leaves neither trail nor letter, and wakes nobody', async () => {
    const failing = held.basis.ctx.transaction(async (ctx) => {
      await ctx.announce(noticed, { count: 1 }, { letters: [letter] })
      throw new Error('no')
    })
    await assert.rejects(failing, /no/)
    assert.deepEqual(await written(), [0, 0, 0])
  })

  test('announcements are written on commit, in order, not before', async () => {
    await held.basis.ctx.transaction(async (ctx) => {
      await ctx.announce(noticed, { count: 1 }, { target: 'one' })
      await ctx.announce(noticed, { count: 2 }, { target: 'two' })
      assert.deepEqual(await written(), [0, 0, 0])
    })
    const rows = (await rowsOf(held.basis.db, 'audit_entries')).slice(entries)
    assert.deepEqual(
      rows.map((row) => row.target),
      ['one', 'two'],
    )
  })

  test('a transaction inside a transaction is the same one', async () => {
    const failing = held.basis.ctx.transaction(async (outer) => {
      await outer.transaction(async (inner) => {
        assert.equal(inner.db, outer.db)
        await inner.announce(noticed, { count: 1 })
      })
      assert.deepEqual(await written(), [0, 0, 0], 'the inner one committed by itself')
      throw new Error('no')
    })
    await assert.rejects(failing)
    assert.deepEqual(await written(), [0, 0, 0])
  })

  test('a field nobody declared never reaches the trail', async () => {
    const data = { count: 1, password: 'canary' }
    await assert.rejects(held.basis.ctx.announce(noticed, data))
    await assert.rejects(held.basis.ctx.announce(noticed, { count: 'one' } as never))
    assert.deepEqual(await written(), [0, 0, 0])
  })

  test('who acted, from where and with what is written as it was', async () => {
    const ctx = createContext(held.basis.services, personActor('usr_7', { address: '88.198.0.1' }))
    await ctx.announce(noticed, { count: 3 }, { result: 'failure', target: 'thing' })
    const [row] = (await rowsOf(held.basis.db, 'audit_entries')).slice(-1)
    assert.deepEqual(
      [
        row?.user_id,
        row?.actor_kind,
        row?.actor_id,
        row?.result,
        row?.target,
        row?.request_id,
        row?.data,
      ],
      ['usr_7', 'session', 'usr_7', 'failure', 'thing', 'req_test', '{"count":3}'],
    )
    assert.match(String(row?.session_hash), /^[0-9a-f]{16}$/)
    const [around] = (await rowsOf(held.basis.db, 'audit_contexts')).slice(-1)
    const { address, device_type, browser } = around ?? {}
    assert.deepEqual([address, device_type, browser], ['88.198.0.1', 'desktop', 'Firefox'])
    assert.match(String(around?.location), /DE$/)
  })

  test('thirty announcements at once make one unbroken trail', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, count) => held.basis.ctx.announce(noticed, { count })),
    )
    const numbers = (await rowsOf(held.basis.db, 'audit_entries')).map((row) => Number(row.seq))
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      numbers.map((_, index) => index + 1),
    )
  })
})
