import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import type { Context, System } from '@latchkey/kit'
import { onEachBasis, rowsOf } from '#test/harness/basis.ts'
import { deleteOldWork } from '../work/follow.ts'
import { backOffMs } from '../work/run-piece.ts'
import { claimWork, finishWork, isDue, putBackExpired } from '../work/store.ts'
import type { WorkTables } from '../work/tables.ts'
import { startWorker, workOffDue } from '../work/worker.ts'
import { enqueueLetter, letterKind, letterWork } from './letters.ts'
import type { Mailer } from './mailer.ts'

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** A mail server that behaves as the test says. It records the mails it was given. */
const farEnd = (answer: (to: string) => Promise<void> | void) => {
  const given: string[] = []
  const mailer: Mailer = {
    send: async (_id, letter) => {
      given.push(letter.to)
      await answer(letter.to)
    },
    close: () => undefined,
  }
  return { given, mailer }
}
const { attemptsMax } = letterKind
const leaseMs = letterKind.leaseSeconds * 1000
const deliverDue = (ctx: Context<System>, mailer: Mailer) => workOffDue(ctx, [letterWork(mailer)])
const claimLetters = async (ctx: Context<System>, max: number) => {
  await putBackExpired(ctx, letterKind.name)
  return claimWork(ctx, { kind: letterKind.name, leaseMs, max })
}
const smtpError = (responseCode: number) =>
  Object.assign(new Error(`${responseCode} no`), { responseCode })

onEachBasis('letters that wait', (held) => {
  const ctx = () => held.basis.ctx
  const work = () => held.basis.db.withTables<WorkTables>()
  const queue = (to: string) =>
    enqueueLetter(ctx(), {
      userId: null,
      event: 'sample',
      letter: {
        to,
        text: 'password:changed',
        values: { name: 'Ada', link: 'https://secret.example' },
      },
    })
  const states = async (): Promise<string[]> =>
    (await work().selectFrom('work').select(['state']).orderBy('id').execute()).map(
      ({ state }) => state,
    )
  const one = () => work().selectFrom('work').selectAll().executeTakeFirstOrThrow()
  beforeEach(async () => {
    await work().deleteFrom('work').execute()
    held.basis.logLines.length = 0
  })

  test('a letter waits encrypted: neither address nor link can be read from the database', async () => {
    await queue('ada@example.com')
    const row = await one()
    const stored = Buffer.from(row.sealed_input ?? []).toString('latin1')
    assert.doesNotMatch(stored, /ada@|secret/)
    assert.doesNotMatch(JSON.stringify({ ...row, sealed_input: null }), /ada@|secret/)
    assert.equal(row.input, null)
  })

  test('what is sent is sent once', async () => {
    await queue('ada@example.com')
    const { given, mailer } = farEnd(() => undefined)
    assert.equal(await deliverDue(ctx(), mailer), 1)
    assert.equal(await deliverDue(ctx(), mailer), 0)
    assert.deepEqual([given, await states()], [['ada@example.com'], ['done']])
  })

  test('ten workers at once take every letter exactly once', async () => {
    for (let index = 0; index < 60; index += 1) await queue(`p${index}@example.com`)
    const { given, mailer } = farEnd(() => pause(1))
    await Promise.all(Array.from({ length: 10 }, () => deliverDue(ctx(), mailer)))
    assert.equal(given.length, 60)
    assert.equal(new Set(given).size, 60)
    assert.deepEqual(new Set(await states()), new Set(['done']))
  })

  test('a worker that died loses its lease, and the next one takes over', async () => {
    await queue('ada@example.com')
    const [claimed] = await claimLetters(ctx(), 5)
    assert.equal(claimed?.attempts, 1)
    assert.deepEqual(await claimLetters(ctx(), 5), [])
    assert.equal(await deliverDue(ctx(), farEnd(() => undefined).mailer), 0)
    held.basis.clock.advance(leaseMs + 1)
    assert.equal(await isDue(ctx(), letterKind.name), false)
    const [again] = await claimLetters(ctx(), 5)
    assert.deepEqual([again?.id, again?.attempts], [claimed?.id, 2])
    assert.notEqual(again?.claimToken, claimed?.claimToken)
  })

  test('whoever comes back after losing the lease decides nothing any more (attack A104)', async () => {
    await queue('ada@example.com')
    const [late] = await claimLetters(ctx(), 1)
    held.basis.clock.advance(leaseMs + 1)
    const [owner] = await claimLetters(ctx(), 1)
    assert.ok(late && owner)
    assert.equal(await finishWork(ctx(), late, { outcome: { state: 'failed', error: 'x' } }), false)
    assert.deepEqual(await states(), ['running'])
    assert.equal(await finishWork(ctx(), owner, { outcome: { state: 'done' } }), true)
    assert.equal(await finishWork(ctx(), owner, { outcome: { state: 'done' } }), false)
    assert.deepEqual(await states(), ['done'])
  })

  test('a temporary no is tried again later, and later still', async () => {
    await queue('ada@example.com')
    let refusals = 2
    const { given, mailer } = farEnd(() => {
      refusals -= 1
      if (refusals >= 0) throw smtpError(451)
    })
    await deliverDue(ctx(), mailer)
    const waiting = await one()
    assert.equal(waiting.state, 'waiting')
    assert.ok(waiting.not_before <= ctx().now() + 10_000)
    for (let round = 0; round < 3; round += 1) {
      held.basis.clock.advance(40_001)
      await deliverDue(ctx(), mailer)
    }
    assert.deepEqual([given.length, await states()], [3, ['done']])
    assert.equal((await one()).last_error, null)
  })

  test('a final no is final', async () => {
    await queue('ada@example.com')
    const { given, mailer } = farEnd(() => {
      throw smtpError(550)
    })
    await deliverDue(ctx(), mailer)
    held.basis.clock.advance(24 * 3600_000)
    await deliverDue(ctx(), mailer)
    const dead = await one()
    assert.deepEqual([given.length, dead.state, dead.attempts], [1, 'failed', 1])
    assert.match(dead.last_error ?? '', /550/)
  })

  test('after twenty attempts it is given up', async () => {
    await queue('ada@example.com')
    const { given, mailer } = farEnd(() => {
      throw new Error('connection refused')
    })
    for (let round = 0; round < attemptsMax + 5; round += 1) {
      await deliverDue(ctx(), mailer)
      held.basis.clock.advance(3_600_001)
    }
    assert.deepEqual([given.length, await states()], [attemptsMax, ['failed']])
  })

  test('a letter that kills the process each time is given up as well, without another try', async () => {
    await queue('ada@example.com')
    for (let round = 0; round < attemptsMax; round += 1) {
      assert.equal((await claimLetters(ctx(), 1)).length, 1)
      held.basis.clock.advance(leaseMs + 1)
    }
    const { given, mailer } = farEnd(() => undefined)
    await deliverDue(ctx(), mailer)
    assert.deepEqual([given, await states()], [[], ['failed']])
  })

  test('one bad address does not hold up the others', async () => {
    for (const name of ['a', 'bad', 'c']) await queue(`${name}@example.com`)
    const { given, mailer } = farEnd((to) => {
      if (to.startsWith('bad')) throw smtpError(550)
    })
    await deliverDue(ctx(), mailer)
    assert.equal(given.length, 3)
    assert.deepEqual((await states()).sort(), ['done', 'done', 'failed'])
  })

  test('a letter that cannot be opened is set aside, and the others leave', async () => {
    for (const name of ['a', 'b', 'c']) await queue(`${name}@example.com`)
    const [first] = await rowsOf(held.basis.db, 'work')
    await work()
      .updateTable('work')
      .set({ sealed_input: Buffer.from('broken') })
      .where('id', '=', String(first?.id))
      .execute()
    const { given, mailer } = farEnd(() => undefined)
    await deliverDue(ctx(), mailer)
    assert.deepEqual([given.length, (await states()).sort()], [2, ['done', 'done', 'failed']])
  })

  test('finished letters go after a week, waiting ones stay', async () => {
    await queue('a@example.com')
    await deliverDue(ctx(), farEnd(() => undefined).mailer)
    await queue('b@example.com')
    await deleteOldWork(ctx())
    assert.equal((await states()).length, 2)
    held.basis.clock.advance(7 * 24 * 3600_000 + 1)
    await deleteOldWork(ctx())
    assert.deepEqual(await states(), ['waiting'])
  })

  test('a delivery that runs is woken at once, finds what others queued, and stops', async () => {
    const { given, mailer } = farEnd(() => undefined)
    const delivery = startWorker(ctx(), [letterWork(mailer)])
    await pause(20)
    await queue('woken@example.com')
    delivery.wake()
    for (let wait = 0; wait < 40 && given.length === 0; wait += 1) await pause(5)
    assert.deepEqual(given, ['woken@example.com'])
    await queue('elsewhere@example.com')
    for (let wait = 0; wait < 80 && given.length === 1; wait += 1) await pause(25)
    assert.equal(given[1], 'elsewhere@example.com')
    await delivery.stop()
    await queue('late@example.com')
    delivery.wake()
    await pause(20)
    assert.equal(given.length, 2, 'it ran after it was stopped')
  })

  test('a wake-up in the middle of a round is not lost', async () => {
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { given, mailer } = farEnd((to) => (to.startsWith('slow') ? gate : undefined))
    await queue('slow@example.com')
    const delivery = startWorker(ctx(), [letterWork(mailer)])
    for (let wait = 0; wait < 40 && given.length === 0; wait += 1) await pause(5)
    await queue('second@example.com')
    delivery.wake()
    release()
    for (let wait = 0; wait < 40 && given.length < 2; wait += 1) await pause(5)
    assert.deepEqual(given, ['slow@example.com', 'second@example.com'])
    await delivery.stop()
  })
})

describe('the wait before the next attempt', () => {
  test('doubles from 10 s to an hour, anywhere below its ceiling', () => {
    assert.deepEqual(
      [1, 2, 3, 9, 10, 20].map((attempt) => backOffMs(letterKind, attempt, 1)),
      [10_000, 20_000, 40_000, 2_560_000, 3_600_000, 3_600_000],
    )
    assert.equal(backOffMs(letterKind, 5, 0), 0)
    assert.equal(backOffMs(letterKind, 1, 0.5), 5000)
  })
})
