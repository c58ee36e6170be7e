import type { ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { HttpReply } from '@latchkey/kit'

/** An answer independent of the host: it becomes a `Response`, or is written to a Node socket. */
export type Reply = HttpReply

export const toResponse = ({ status, headers, body }: Reply): Response => {
  const sent = new Headers()
  for (const [name, value] of Object.entries(headers))
    for (const one of [value].flat()) sent.append(name, one)
  return new Response(body as string | null, { status, headers: sent })
}

/** Statuses without content: they carry no Content-Length (RFC 9110 §8.6). */
const hasNoLength = new Set([204, 304])

export const writeReply = (response: ServerResponse, { status, headers, body }: Reply): void => {
  // A flat list, because Node would turn an object into one.
  const list: (string | string[])[] = []
  for (const name of Object.keys(headers)) list.push(name, headers[name] ?? '')
  if (body instanceof ReadableStream) {
    response.writeHead(status, list)
    // A failure here or at the client ends the connection: the status has been sent already.
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
