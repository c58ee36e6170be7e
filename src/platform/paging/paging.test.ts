import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readMomentCursor, writeMomentCursor } from './moment-cursor.ts'
import { pageOf } from './page.ts'

const id = 'ses_01k9w4z0v5t6r7q8p9n0m1k2j3'

describe('a list in pages', () => {
  test('goes on where there is one row more than a page holds', () => {
    const first = pageOf(['a', 'b', 'c'], 2, (row) => row.toUpperCase())
    assert.deepEqual(first, { page: ['a', 'b'], next: 'B' })
    assert.deepEqual(
      pageOf(['a', 'b'], 2, (row) => row),
      { page: ['a', 'b'], next: null },
    )
    assert.deepEqual(
      pageOf([], 2, () => 'none'),
      { page: [], next: null },
    )
  })

  test('goes on from the cursor it was given', () => {
    const cursor = { at: 1_795_000_000_000, id }
    assert.deepEqual(readMomentCursor('ses', writeMomentCursor(cursor)), cursor)
  })

  test('starts from the beginning for a cursor nobody was given', () => {
    const made = [undefined, '', 'x', `.${id}`, `1.${id}\0`, `1.${id.slice(0, -1)}`, `-1.${id}`]
    for (const text of made) assert.equal(readMomentCursor('ses', text), null)
    assert.equal(readMomentCursor('ssh', `1.${id}`), null, 'of another list')
  })
})
