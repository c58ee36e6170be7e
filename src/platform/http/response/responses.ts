import { Readable } from 'node:stream'
import {
  type Actor,
  type FileAnswer,
  type HeadersAnswer,
  type HeadersOutput,
  type HttpReply,
  type HttpRequest,
  Refusal,
} from '@latchkey/kit'
import { faultFacts } from '#platform/log/log.ts'
import { refusals } from '#platform/refusals.ts'
import type { Runtime } from '../runtime.ts'

/** Pieces that are not sent: what produces them, such as an open file, is closed. */
const discard = (bytes: FileAnswer['bytes']): null => {
  if (bytes instanceof Readable) bytes.destroy()
  else if (!(bytes instanceof Uint8Array)) void bytes[Symbol.asyncIterator]().return?.()
  return null
}

const fileBody = (method: string, bytes: FileAnswer['bytes']): HttpReply['body'] => {
  if (bytes instanceof Uint8Array) return bytes
  // The host drops the body of an answer to HEAD without ending it, so nothing would ever close its source.
  return method === 'HEAD' ? discard(bytes) : ReadableStream.from(bytes)
}

export const fileReply = (
  { method, headers }: Pick<HttpRequest, 'method' | 'headers'>,
  file: FileAnswer,
): HttpReply => {
  const { bytes, type } = file
  if (file.etag === undefined)
    return { status: 200, headers: { 'content-type': type }, body: fileBody(method, bytes) }
  const etag = `"${file.etag}"`
  // Only the browser that was allowed to see it keeps it, and revalidates it each time: a revoked session sees nothing.
  const sent = { etag, 'cache-control': 'private, no-cache' }
  if (headers.get('if-none-match') === etag)
    return { status: 304, headers: sent, body: discard(bytes) }
  return {
    status: 200,
    headers: { ...sent, 'content-type': type },
    body: fileBody(method, bytes),
  }
}

/** Characters a header value cannot hold (RFC 9110 §5.5), and the percent sign of the encoding itself. */
const unprintable = /[^\x20-\x24\x26-\x7e]/u

const headerText = (text: string): string =>
  unprintable.test(text) ? encodeURIComponent(text) : text

/** An answer whose output is in its headers. */
export const headersReply = (answer: HeadersAnswer, output: HeadersOutput): HttpReply => {
  const headers: HttpReply['headers'] = {}
  let all = ''
  for (const name of output.names) {
    const text = answer[name]
    if (text === null || text === undefined) continue
    headers[name] = text
    all += text
  }
  // Tested once for all values together: hardly any needs encoding.
  if (unprintable.test(all))
    for (const name of output.names) {
      const text = answer[name]
      if (text) headers[name] = headerText(text)
    }
  return { status: 200, headers, body: null }
}

const heartbeatMs = 20_000
const encoder = new TextEncoder()

const requireRoom = (runtime: Runtime, userId: string): void => {
  const mine = [...runtime.streams.open].filter((stream) => stream.userId === userId).length
  if (
    runtime.streams.open.size >= runtime.limits.streamsMax ||
    mine >= runtime.limits.streamsPerPersonMax
  )
    throw new Refusal(refusals.busy, { retryAfterSeconds: 30 })
}

export const eventStreamReply = (body: HttpReply['body']): HttpReply => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
  body,
})

type Owner = { readonly runtime: Runtime; readonly actor: Actor }

/** Server-sent events. A message is one line of JSON, in which a line break is always escaped: nothing can be injected. */
export const openStream = (
  { runtime, actor }: Owner,
  messages: AsyncIterable<unknown>,
): ReadableStream<Uint8Array> => {
  const userId = 'userId' in actor ? actor.userId : ''
  requireRoom(runtime, userId)
  const iterator = messages[Symbol.asyncIterator]()
  let heartbeat: NodeJS.Timeout | undefined
  let isOver = false
  const end = (): void => {
    isOver = true
    clearInterval(heartbeat)
    runtime.streams.open.delete(stream)
    void iterator.return?.()
  }
  const stream = { userId, close: end }
  const pump = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    try {
      for (;;) {
        const next = await iterator.next()
        // The client may have disconnected while the message was under way.
        if (next.done || isOver) break
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(next.value)}\n\n`))
      }
    } catch (error) {
      runtime.services.log.error(faultFacts(error), 'an event stream failed')
    } finally {
      end()
      // Already closed when the client disconnected first.
      try {
        controller.close()
      } catch {}
    }
  }
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      runtime.streams.open.add(stream)
      heartbeat = setInterval(() => {
        try {
          controller.enqueue(encoder.encode(': still here\n\n'))
        } catch {
          end()
        }
      }, heartbeatMs)
      heartbeat.unref()
      void pump(controller)
    },
    cancel: end,
  })
}
