import { Refusal } from '@latchkey/kit'
import type { Incoming } from './door.ts'
import { refusals } from './refusals.ts'

export const jsonBytesMax = 64 * 1024

type Received = Pick<Incoming, 'request' | 'headers'>

/**
 * Counts what really arrives: Content-Length may be missing (chunked). When it is there, the HTTP parser hands out no more
 * than it says, so the body can be taken in one piece, which costs a tenth of a web stream.
 */
export const readBytes = async (
  { request: open, headers }: Received,
  bytesMax: number,
): Promise<Uint8Array> => {
  const request = open()
  const declared = headers.get('content-length')
  if (Number(declared ?? 0) > bytesMax) throw new Refusal(refusals.body_too_large)
  if (declared !== null) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    if (bytes.length > bytesMax) throw new Refusal(refusals.body_too_large)
    return bytes
  }
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    total += chunk.length
    if (total > bytesMax) throw new Refusal(refusals.body_too_large)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const mediaType = ({ headers }: Received): string =>
  (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** One JSON object. An empty body with no content type counts as `{}`. */
export const readJson = async (received: Received): Promise<Record<string, unknown>> => {
  const type = mediaType(received)
  if (type !== '' && type !== 'application/json') throw new Refusal(refusals.content_type)
  const bytes = await readBytes(received, jsonBytesMax)
  // Browsers and curl post nothing as a body of no bytes, which is there all the same.
  if (bytes.length === 0) return {}
  if (type === '') throw new Refusal(refusals.content_type)
  let parsed: unknown
  try {
    parsed = JSON.parse(utf8.decode(bytes))
  } catch {
    throw new Refusal(refusals.malformed_body)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Refusal(refusals.malformed_body)
  return parsed as Record<string, unknown>
}

export const readUpload = async (
  received: Received,
  upload: { readonly types: readonly string[]; readonly bytesMax: number },
): Promise<Uint8Array> => {
  if (!upload.types.includes(mediaType(received))) throw new Refusal(refusals.content_type)
  return readBytes(received, upload.bytesMax)
}
