import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { fileReply } from './responses.ts'

const asked = (method: string, ifNoneMatch: string | null = null) => ({
  method,
  headers: { get: (name: string) => (name === 'if-none-match' ? ifNoneMatch : null) },
})

const file = () => {
  const bytes = Readable.from([new TextEncoder().encode('1')])
  return { bytes, type: 'text/plain' }
}

describe('a file that is sent while it is read', () => {
  test('is closed where only its headers are asked for, or the caller has it already', () => {
    const [head, named, known] = [file(), file(), file()]
    const replies = [
      fileReply(asked('HEAD'), head),
      fileReply(asked('HEAD'), { ...named, etag: '3' }),
      fileReply(asked('GET', '"3"'), { ...known, etag: '3' }),
    ]
    assert.deepEqual(
      replies.map(({ status, body }) => [status, body]),
      [
        [200, null],
        [200, null],
        [304, null],
      ],
    )
    assert.ok([head, named, known].every(({ bytes }) => bytes.destroyed))
  })

  test('stays open where it is sent', async () => {
    const sent = file()
    const { body } = fileReply(asked('GET'), sent)
    assert.equal(sent.bytes.destroyed, false)
    assert.ok(body instanceof ReadableStream)
    assert.equal(await new Response(body).text(), '1')
  })
})
