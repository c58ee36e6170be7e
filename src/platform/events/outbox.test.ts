import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { onEachBasis, rowsOf } from '#test/sweep/ground.ts'
import type { Mailer } from '../mail/mailer.ts'
import { backOffMs, deliverDue, startDelivery } from './delivery.ts'
import {
  anythingDue,
  attemptsMax,
  claimLetters,
  deleteOldLetters,
  enqueueLetter,
  finishLetter,
  leaseMs,
} from './outbox.ts'
import type { OutboxTables } from './tables.ts'

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** The far end, as it may behave. What it was given is kept. */
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
const smtpError = (responseCode: number) =>
  Object.assign(new Error(`${responseCode} no`), { responseCode })

onEachBasis('the outbox', (held) => {
  const ctx = () => held.basis.ctx
  const outbox = () => held.basis.db.withTables<OutboxTables>()
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
    (await outbox().selectFrom('outbox').select(['status']).orderBy('id').execute()).map(
      ({ status }) => status,
    )
  const one = () => outbox().selectFrom('outbox').selectAll().executeTakeFirstOrThrow()
  beforeEach(async () => {
    await outbox().deleteFrom('outbox').execute()
    held.basis.logLines.length = 0
  })

  test('a letter waits encrypted: neither address nor link can be read from the database', async () => {
    await queue('ada@example.com')
    const stored = Buffer.from((await one()).payload).toString('latin1')
    assert.doesNotMatch(stored, /ada@|secret/)
  })

  test('what is sent is sent once', async () => {
    await queue('ada@example.com')
    const { given, mailer } = farEnd(() => undefined)
    assert.equal(await deliverDue(ctx(), mailer), 1)
    assert.equal(await deliverDue(ctx(), mailer), 0)
    assert.deepEqual([given, await states()], [['ada@example.com'], ['sent']])
  })

  test('ten workers at once take every letter exactly once', async () => {
    for (let index = 0; index < 60; index += 1) await queue(`p${index}@example.com`)
    const { given, mailer } = farEnd(() => pause(1))
    await Promise.all(Array.from({ length: 10 }, () => deliverDue(ctx(), mailer)))
    assert.equal(given.length, 60)
    assert.equal(new Set(given).size, 60)
    assert.deepEqual(new Set(await states()), new Set(['sent']))
  })

  test('a worker that died loses its lease, and the next one takes over', async () => {
    await queue('ada@example.com')
    const [claimed] = await claimLetters(ctx(), 5)
    assert.equal(claimed?.attempts, 1)
    assert.deepEqual(await claimLetters(ctx(), 5), [])
    assert.equal(await anythingDue(ctx()), false)
    held.basis.clock.advance(leaseMs + 1)
    assert.equal(await anythingDue(ctx()), true)
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
    assert.equal(await finishLetter(ctx(), late, { status: 'dead', error: 'x' }), false)
    assert.deepEqual(await states(), ['claimed'])
    assert.equal(await finishLetter(ctx(), owner, { status: 'sent' }), true)
    assert.equal(await finishLetter(ctx(), owner, { status: 'sent' }), false)
    assert.deepEqual(await states(), ['sent'])
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
    assert.equal(waiting.status, 'retry')
    assert.ok(waiting.available_at <= ctx().now() + 10_000)
    for (let round = 0; round < 3; round += 1) {
      held.basis.clock.advance(40_001)
      await deliverDue(ctx(), mailer)
    }
    assert.deepEqual([given.length, await states()], [3, ['sent']])
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
    assert.deepEqual([given.length, dead.status, dead.attempts], [1, 'dead', 1])
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
    assert.deepEqual([given.length, await states()], [attemptsMax, ['dead']])
  })

  test('a letter that kills the process each time is given up as well, without another try', async () => {
    await queue('ada@example.com')
    for (let round = 0; round < attemptsMax; round += 1) {
      assert.equal((await claimLetters(ctx(), 1)).length, 1)
      held.basis.clock.advance(leaseMs + 1)
    }
    const { given, mailer } = farEnd(() => undefined)
    await deliverDue(ctx(), mailer)
    assert.deepEqual([given, await states()], [[], ['dead']])
  })

  test('one bad address does not hold up the others', async () => {
    for (const name of ['a', 'bad', 'c']) await queue(`${name}@example.com`)
    const { given, mailer } = farEnd((to) => {
      if (to.startsWith('bad')) throw smtpError(550)
    })
    await deliverDue(ctx(), mailer)
    assert.equal(given.length, 3)
    assert.deepEqual((await states()).sort(), ['dead', 'sent', 'sent'])
  })

  test('a letter that cannot be opened is set aside, and the others leave', async () => {
    for (const name of ['a', 'b', 'c']) await queue(`${name}@example.com`)
    const [first] = await rowsOf(held.basis.db, 'outbox')
    await outbox()
      .updateTable('outbox')
      .set({ payload: Buffer.from('broken') })
      .where('id', '=', String(first?.id))
      .execute()
    const { given, mailer } = farEnd(() => undefined)
    await deliverDue(ctx(), mailer)
    assert.deepEqual([given.length, (await states()).sort()], [2, ['dead', 'sent', 'sent']])
  })

  test('finished letters go after a week, waiting ones stay', async () => {
    await queue('a@example.com')
    await deliverDue(ctx(), farEnd(() => undefined).mailer)
    await queue('b@example.com')
    await deleteOldLetters(ctx())
    assert.equal((await states()).length, 2)
    held.basis.clock.advance(7 * 24 * 3600_000 + 1)
    await deleteOldLetters(ctx())
    assert.deepEqual(await states(), ['pending'])
  })

  test('a delivery that runs is woken at once, finds what others queued, and stops', async () => {
    const { given, mailer } = farEnd(() => undefined)
    const delivery = startDelivery(ctx(), mailer)
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
    const delivery = startDelivery(ctx(), mailer)
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
      [1, 2, 3, 9, 10, 20].map((attempt) => backOffMs(attempt, 1)),
      [10_000, 20_000, 40_000, 2_560_000, 3_600_000, 3_600_000],
    )
    assert.equal(backOffMs(5, 0), 0)
    assert.equal(backOffMs(1, 0.5), 5000)
  })
})
