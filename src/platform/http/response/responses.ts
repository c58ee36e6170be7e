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

export const fileReply = (
  { headers }: Pick<HttpRequest, 'headers'>,
  file: FileAnswer,
): HttpReply => {
  const { bytes, type } = file
  const body = bytes instanceof Uint8Array ? bytes : ReadableStream.from(bytes)
  if (file.etag === undefined) return { status: 200, headers: { 'content-type': type }, body }
  const etag = `"${file.etag}"`
  // Kept by the one browser that was allowed to see it, and asked for again each time: a revoked session sees nothing.
  const sent = { etag, 'cache-control': 'private, no-cache' }
  if (headers.get('if-none-match') === etag) return { status: 304, headers: sent, body: null }
  return { status: 200, headers: { ...sent, 'content-type': type }, body }
}

/** Everything a header cannot hold as it is, and the sign of the encoding itself (RFC 9110 §5.5). */
const unprintable = /[^\x20-\x24\x26-\x7e]/u

const headerText = (text: string): string =>
  unprintable.test(text) ? encodeURIComponent(text) : text

/** An answer that is its headers. */
export const headersReply = (answer: HeadersAnswer, output: HeadersOutput): HttpReply => {
  const headers: HttpReply['headers'] = {}
  let all = ''
  for (const name of output.names) {
    const text = answer[name]
    if (text === null || text === undefined) continue
    headers[name] = text
    all += text
  }
  // Asked once of all of them: hardly any holds a character that has to be written in another way.
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
        // The far end may have left while the message was on its way.
        if (next.done || isOver) break
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(next.value)}\n\n`))
      }
    } catch (error) {
      runtime.services.log.error(faultFacts(error), 'an event stream failed')
    } finally {
      end()
      // Already closed when the far end left first.
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
