import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { HttpReply } from '@latchkey/kit'

/** What will be sent, before it is known to whom: a host that speaks `fetch`, or a Node socket. */
export type Reply = HttpReply

export const toResponse = ({ status, headers, body }: Reply): Response => {
  const sent = new Headers()
  for (const [name, value] of Object.entries(headers))
    for (const one of [value].flat()) sent.append(name, one)
  return new Response(body as string | null, { status, headers: sent })
}

/** RFC 9110 §8.6: these have no content, so they do not say how long it is. */
const hasNoLength = new Set([204, 304])

export const writeReply = (response: ServerResponse, { status, headers, body }: Reply): void => {
  // As the flat list Node would make of an object.
  const list: (string | string[])[] = []
  for (const name of Object.keys(headers)) list.push(name, headers[name] ?? '')
  if (body instanceof ReadableStream) {
    response.writeHead(status, list)
    // What breaks it off, here or at the far end, ends the connection: the answer cannot be taken back.
    pipeline(Readable.fromWeb(body as never), response, (error) => {
      if (error) response.destroy()
    })
    return
  }
  if (!hasNoLength.has(status))
    list.push('content-length', body === null ? '0' : String(Buffer.byteLength(body)))
  response.writeHead(status, list)
  response.end(body)
}
