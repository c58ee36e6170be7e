import type { ServerResponse } from 'node:http'

/** What will be sent, before it is known to whom: a host that speaks `fetch`, or a Node socket. */
export type Reply = {
  readonly status: number
  readonly headers: Record<string, string | string[]>
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null
}

export const toResponse = ({ status, headers, body }: Reply): Response => {
  const sent = new Headers()
  for (const [name, value] of Object.entries(headers))
    for (const one of [value].flat()) sent.append(name, one)
  return new Response(body as string | null, { status, headers: sent })
}

/** For replies that are whole: a stream goes through `toResponse`. */
export const writeReply = (response: ServerResponse, { status, headers, body }: Reply): void => {
  const whole = body instanceof ReadableStream ? null : body
  // As the flat list Node would make of an object.
  const list: (string | string[])[] = []
  for (const name of Object.keys(headers)) list.push(name, headers[name] ?? '')
  list.push('content-length', whole === null ? '0' : String(Buffer.byteLength(whole)))
  response.writeHead(status, list)
  response.end(whole)
}
