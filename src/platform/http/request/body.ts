import type { IncomingMessage } from 'node:http'
import { Refusal, type Upload } from '@latchkey/kit'
import { refusals } from '#platform/refusals.ts'
import type { Incoming } from '../runtime.ts'

export const jsonBytesMax = 64 * 1024

/**
 * A body that is too large is read up to this size and discarded, so that the refusal arrives: a proxy that is still
 * sending when the connection closes answers 502 itself. Larger than any picture and than the limits in deploy/.
 */
const heardOutBytesMax = 4 * 1024 * 1024

/** Part of the body was not read. A proxy would send its next request behind that part, so the connection has to close. */
export class UnreadBody extends Refusal {
  constructor() {
    super(refusals.body_too_large)
  }
}

type Received = Pick<Incoming, 'headers' | 'readBody'>

const requireEnd = (declared: string | null): void => {
  if (Number(declared ?? 0) > heardOutBytesMax) throw new UnreadBody()
}

const gather = async (parts: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of parts) {
    total += chunk.length
    if (total > heardOutBytesMax) throw new UnreadBody()
    if (total <= bytesMax) chunks.push(chunk)
  }
  if (total > bytesMax) throw new Refusal(refusals.body_too_large)
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

/**
 * Counts the bytes that arrive, because Content-Length may be missing (chunked). When it is present, the HTTP parser
 * delivers no more than it says, so the body is read in one piece, which costs a tenth of a web stream.
 */
export const readRequestBody = async (request: Request, bytesMax: number): Promise<Uint8Array> => {
  const declared = request.headers.get('content-length')
  requireEnd(declared)
  if (declared !== null) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    if (bytes.length > bytesMax) throw new Refusal(refusals.body_too_large)
    return bytes
  }
  if (!request.body) return new Uint8Array()
  return gather(request.body as unknown as AsyncIterable<Uint8Array>, bytesMax)
}

/** The same, straight from Node. A caller that hangs up before the end has sent no valid JSON. */
export const readNodeBody = async (
  request: IncomingMessage,
  bytesMax: number,
): Promise<Uint8Array> => {
  requireEnd(request.headers['content-length'] ?? null)
  try {
    return await gather(request.iterator({ destroyOnReturn: false }), bytesMax)
  } catch (error) {
    // The rest has to be drained, or the next request on this connection would wait for ever.
    setImmediate(() => request.resume())
    if (error instanceof Refusal) throw error
    throw new Refusal(refusals.malformed_body)
  }
}

const requireFit = (declared: string | null, bytesMax: number): void => {
  if (Number(declared ?? 0) <= bytesMax) return
  requireEnd(declared)
  throw new Refusal(refusals.body_too_large)
}

/** A stream is not drained after a refusal: it may be longer than any other body. */
async function* bounded(
  parts: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  let total = 0
  for await (const part of parts) {
    total += part.length
    if (total > bytesMax) throw new UnreadBody()
    yield part
  }
}

/** The body as it arrives. A rule that stops reading leaves the rest to be drained. */
export async function* streamRequestBody(
  request: Request,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  requireFit(request.headers.get('content-length'), bytesMax)
  if (request.body) yield* bounded(request.body as unknown as AsyncIterable<Uint8Array>, bytesMax)
}

/** The same, straight from Node. */
export async function* streamNodeBody(
  request: IncomingMessage,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  requireFit(request.headers['content-length'] ?? null, bytesMax)
  try {
    yield* bounded(request.iterator({ destroyOnReturn: false }), bytesMax)
  } finally {
    setImmediate(() => request.resume())
  }
}

const mediaType = ({ headers }: Received): string =>
  (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

const charset = /;\s*charset\s*=\s*([^;]*)/gi

/** JSON is UTF-8 (RFC 8259 §8.1). A body with another charset is refused, because it would be misread. */
const isUtf8 = ({ headers }: Received): boolean => {
  const named = (headers.get('content-type') ?? '').matchAll(charset)
  return [...named].every(([, name = '']) => /^("utf-8"|utf-8)$/i.test(name.trim()))
}

/** Bodies are not decompressed, so a compressed one is refused instead of being read as JSON. */
const requirePlain = ({ headers }: Received): void => {
  const coding = (headers.get('content-encoding') ?? '').trim().toLowerCase()
  if (coding !== '' && coding !== 'identity') throw new Refusal(refusals.content_type)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** One JSON object. An empty body with no content type counts as `{}`. */
export const readJson = async (
  received: Received,
  mediaTypes: readonly string[] = ['application/json'],
): Promise<Record<string, unknown>> => {
  const type = mediaType(received)
  if (type !== '' && !mediaTypes.includes(type)) throw new Refusal(refusals.content_type)
  if (!isUtf8(received)) throw new Refusal(refusals.content_type)
  requirePlain(received)
  const bytes = await received.readBody(jsonBytesMax)
  // Browsers and curl send a POST without content as an empty body, not as none.
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
  received: Received & Pick<Incoming, 'streamBody'>,
  upload: Upload,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> => {
  if (!upload.types.includes(mediaType(received))) throw new Refusal(refusals.content_type)
  requirePlain(received)
  return upload.as === 'stream'
    ? received.streamBody(upload.bytesMax)
    : received.readBody(upload.bytesMax)
}
