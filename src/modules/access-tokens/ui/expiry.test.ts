import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dayText, endOfDay } from '#web/lib/day.ts'
import {
  dayBounds,
  dayFault,
  endAfterRotation,
  endOf,
  endsSoon,
  expiryChoices,
  expiryInput,
  isOffered,
  usualDays,
} from './expiry.ts'

const dayMs = 24 * 3600 * 1000
const now = Date.parse('2026-11-23T12:00:00Z')
const free = { usualLifetimeDays: 365, lifetimeDaysMax: null }
const upTo = (lifetimeDaysMax: number) => ({ usualLifetimeDays: 365, lifetimeDaysMax })

describe('how long a token lives', () => {
  test('is one year unless something else is chosen', () => {
    assert.deepEqual(expiryChoices(free), ['30', '90', '365', 'date', 'none'])
    assert.equal(usualDays(free), 365)
  })

  test('never exceeds what the operator allows, and the longest allowed is on offer', () => {
    assert.deepEqual(expiryChoices(upTo(90)), ['30', '90', 'date'])
    assert.deepEqual(expiryChoices(upTo(45)), ['30', '45', 'date'])
    assert.deepEqual(expiryChoices(upTo(7)), ['7', 'date'])
    assert.deepEqual(expiryChoices(upTo(400)), ['30', '90', '365', 'date'])
    assert.equal(usualDays(upTo(45)), 45)
    assert.equal(isOffered('none', upTo(45)), false)
    assert.equal(isOffered('45', upTo(45)), true)
  })

  test('is left to the server where it is the usual one', () => {
    assert.deepEqual(expiryInput({ choice: '365', date: '' }, free, now), {})
    assert.deepEqual(expiryInput({ choice: '45', date: '' }, upTo(45), now), {})
    assert.deepEqual(expiryInput({ choice: 'none', date: '' }, free, now), { expiresAt: null })
    assert.deepEqual(expiryInput({ choice: '30', date: '' }, free, now), {
      expiresAt: new Date(now + 30 * dayMs).toISOString(),
    })
  })

  test('includes the whole of the day that was chosen', () => {
    const end = endOfDay('2026-12-24') ?? 0
    assert.equal(dayText(end), '2026-12-24')
    assert.equal(dayText(end + 1), '2026-12-25')
    assert.equal(endOf({ choice: 'date', date: '2026-12-24' }, now), end)
    assert.equal(endOf({ choice: 'date', date: '' }, now), undefined)
    for (const none of ['', '2026-02-30', '2026-13-01', '24.12.2026', '99999-01-01'])
      assert.equal(endOfDay(none), null, none)
  })

  test('says what is wrong with a day', () => {
    const { first, last } = dayBounds(upTo(45), now)
    assert.equal(dayFault('', free, now), 'missing')
    assert.equal(dayFault('2020-01-01', free, now), 'past')
    assert.equal(dayFault('2099-01-01', free, now), 'late')
    assert.equal(dayFault(first, upTo(45), now), null)
    assert.equal(dayFault(last, upTo(45), now), null)
    assert.equal(dayFault(dayText(now + 46 * dayMs), upTo(45), now), 'late')
  })

  test('begins anew with a rotation, within what is allowed today', () => {
    const at = (days: number) => new Date(now + days * dayMs).toISOString()
    const yearly = { createdAt: at(-300), expiresAt: at(65) }
    assert.equal(endAfterRotation(yearly, null, now), now + 365 * dayMs)
    assert.equal(endAfterRotation(yearly, 90, now), now + 90 * dayMs)
    const endless = { createdAt: at(-300), expiresAt: null }
    assert.equal(endAfterRotation(endless, null, now), null)
    assert.equal(endAfterRotation(endless, 90, now), now + 90 * dayMs)
  })

  test('is soon over from 14 days before the end', () => {
    assert.equal(endsSoon(new Date(now + 14 * dayMs).toISOString(), now), true)
    assert.equal(endsSoon(new Date(now + 14 * dayMs + 1).toISOString(), now), false)
    assert.equal(endsSoon(null, now), false)
  })
})
