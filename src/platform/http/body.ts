import { Refusal } from '@latchkey/kit'
import { refusals } from './refusals.ts'

export const jsonBytesMax = 64 * 1024

/** Counts what really arrives: Content-Length may be missing (chunked) or a lie. */
export const readBytes = async (request: Request, bytesMax: number): Promise<Uint8Array> => {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax)
    throw new Refusal(refusals.body_too_large)
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

const mediaType = (request: Request): string =>
  (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** One JSON object. An empty body with no content type counts as `{}`. */
export const readJson = async (request: Request): Promise<Record<string, unknown>> => {
  const type = mediaType(request)
  if (type !== '' && type !== 'application/json') throw new Refusal(refusals.content_type)
  const bytes = await readBytes(request, jsonBytesMax)
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
  request: Request,
  upload: { readonly types: readonly string[]; readonly bytesMax: number },
): Promise<Uint8Array> => {
  if (!upload.types.includes(mediaType(request))) throw new Refusal(refusals.content_type)
  return readBytes(request, upload.bytesMax)
}
