import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endsConnection, postgresTrouble, sqliteTrouble } from './trouble.ts'

const coded = (code: string, message = 'as the driver says it') =>
  Object.assign(new Error(message), { code })
const result = (errcode: number) => Object.assign(new Error('as SQLite says it'), { errcode })

test('each way a server fails is one of a few kinds', () => {
  const kinds = [
    ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', '57P01', '57P02', '57P03', '08006', '08001'],
    ...['53300', '55P03', '40P01', '40001', '57014', '25006', '53100', '58030'],
  ].map((code) => postgresTrouble(coded(code)))
  assert.deepEqual(kinds, [
    ...Array(8).fill('unreachable'),
    ...['crowded', 'locked', 'locked', 'locked', 'too-slow', 'read-only', 'disk-full'],
    'disk-failed',
  ])
})

test('what the PostgreSQL driver says only in words is understood', () => {
  const kinds = [
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'timeout exceeded when trying to connect',
    'Query read timeout',
  ].map((message) => postgresTrouble(new Error(message)))
  assert.deepEqual(kinds, ['unreachable', 'unreachable', 'unreachable', 'crowded', 'too-slow'])
})

test('each way a file fails is one of the same kinds, extended codes included', () => {
  assert.deepEqual(
    [5, 517, 6, 8, 1032, 13, 10, 778, 4874, 14].map((code) => sqliteTrouble(result(code))),
    [
      ...['locked', 'locked', 'locked', 'read-only', 'read-only', 'disk-full'],
      ...['disk-failed', 'disk-failed', 'disk-full', 'disk-failed'],
    ],
  )
})

test('a bug of ours stays a bug: wrong SQL, a broken constraint, anything else', () => {
  for (const code of ['42601', '42P01', '23505', '22P02', 'XX000'])
    assert.equal(postgresTrouble(coded(code)), null, code)
  for (const code of [1, 19, 2067, 20, 11]) assert.equal(sqliteTrouble(result(code)), null)
  for (const thing of [null, undefined, 'text', new Error('no such thing')])
    assert.deepEqual([postgresTrouble(thing), sqliteTrouble(thing)], [null, null])
})

test('after a shutdown the connection is known to be gone', () => {
  assert.equal(endsConnection(coded('57P01')), true)
  assert.equal(endsConnection(coded('55P03')), false)
})
