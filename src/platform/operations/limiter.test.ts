// own process: it measures memory.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Limiter } from './limiter.ts'

const rule = { max: 3, windowSeconds: 10 }

test('so many in a window, then no more, then again', () => {
  const limiter = new Limiter()
  const left = [0, 1, 2].map(() => limiter.take('a', rule, 1000).remaining)
  assert.deepEqual(left, [2, 1, 0])
  assert.deepEqual(limiter.take('a', rule, 1000), {
    allowed: false,
    remaining: 0,
    resetSeconds: 10,
  })
  assert.equal(limiter.take('a', rule, 10_999).allowed, false)
  assert.deepEqual(limiter.take('a', rule, 11_000), {
    allowed: true,
    remaining: 2,
    resetSeconds: 10,
  })
})

test('refused calls do not prolong the window', () => {
  const limiter = new Limiter()
  for (let at = 0; at < 9999; at += 100) limiter.take('a', rule, at)
  assert.equal(limiter.take('a', rule, 9999).allowed, false)
  assert.equal(limiter.take('a', rule, 10_000).allowed, true)
})

test('the wait is at least a second, and never reaches past the window', () => {
  const limiter = new Limiter()
  assert.equal(limiter.take('a', rule, 0).resetSeconds, 10)
  assert.equal(limiter.take('a', rule, 9999).resetSeconds, 1)
})

test('two callers do not share a window', () => {
  const limiter = new Limiter()
  for (let count = 0; count < 9; count += 1) limiter.take('a', rule, 0)
  assert.equal(limiter.take('b', rule, 0).allowed, true)
})

test('a million callers do not fill the memory', () => {
  const limiter = new Limiter()
  const before = process.memoryUsage().heapUsed
  for (let caller = 0; caller < 300_000; caller += 1) limiter.take(`caller ${caller}`, rule, 0)
  assert.ok(process.memoryUsage().heapUsed - before < 40_000_000)
})
