import { type Actor, type FileAnswer, Refusal } from '@latchkey/kit'
import { faultFacts } from '../log/log.ts'
import type { Door } from './door.ts'
import { refusals } from './refusals.ts'

export const fileResponse = (
  file: FileAnswer,
  ifNoneMatch: string | null,
  headers: Record<string, string>,
): Response => {
  const etag = `"${file.etag}"`
  // Kept by the one browser that was allowed to see it, and asked for again each time: a revoked session sees nothing.
  const sent = { ...headers, etag, 'cache-control': 'private, no-cache' }
  if (ifNoneMatch === etag) return new Response(null, { status: 304, headers: sent })
  return new Response(Buffer.from(file.bytes), { headers: { ...sent, 'content-type': file.type } })
}

const heartbeatMs = 20_000
const encoder = new TextEncoder()

const requireRoom = (door: Door, userId: string): void => {
  const mine = [...door.streams.open].filter((stream) => stream.userId === userId).length
  if (door.streams.open.size >= door.limits.streamsMax || mine >= door.limits.streamsPerPersonMax)
    throw new Refusal(refusals.busy, { retryAfterSeconds: 30 })
}

/** Server-sent events. A message is one line of JSON, in which a line break is always escaped: nothing can be injected. */
export const streamResponse = (
  door: Door,
  {
    actor,
    messages,
    headers,
  }: {
    readonly actor: Actor
    readonly messages: AsyncIterable<unknown>
    readonly headers: Record<string, string>
  },
): Response => {
  const userId = 'userId' in actor ? actor.userId : ''
  requireRoom(door, userId)
  const iterator = messages[Symbol.asyncIterator]()
  let heartbeat: NodeJS.Timeout | undefined
  let isOver = false
  const end = (): void => {
    isOver = true
    clearInterval(heartbeat)
    door.streams.open.delete(stream)
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
      door.ground.log.error(faultFacts(error), 'an event stream failed')
    } finally {
      end()
      // Already closed when the far end left first.
      try {
        controller.close()
      } catch {}
    }
  }
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      door.streams.open.add(stream)
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
  return new Response(body, {
    headers: { ...headers, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
  })
}
