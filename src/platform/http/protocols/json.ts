import type {
  Asked,
  DocumentedAnswer,
  Exchange,
  FileAnswer,
  HeadersAnswer,
  HttpReply,
  OperationSpec,
  Protocol,
} from '@latchkey/kit'
import { z } from 'zod'
import { requireOnce, unknownName } from '#platform/input/validation.ts'
import { notKnown } from '#platform/input/wanted.ts'
import { readJson, readUpload } from '../request/body.ts'
import { problemReply, problemSchema } from '../response/problem.ts'
import { fileReply, headersReply } from '../response/responses.ts'

const nothing: Asked = { input: null }

/** Path, query and body are one input. A name that comes from the path cannot be given a second time elsewhere. */
const read = async ({ operation, request, takesQuery }: Exchange): Promise<Asked> => {
  if (request.method === 'GET' && request.isBare) return nothing
  const path = request.pathParameters
  const loose = takesQuery ? requireOnce(request.query()) : await readJson(request)
  const twice = Object.keys(path).find((name) => name in loose)
  if (twice !== undefined) throw unknownName(twice, 'comes from the address')
  // An operation with a body reads nothing from the query. A query is refused, or the caller would believe that it counts.
  const stray = takesQuery ? undefined : Object.keys(request.query())[0]
  if (stray !== undefined) throw unknownName(stray, notKnown)
  const input = { ...loose, ...path }
  const { upload } = operation
  return upload ? { input, content: () => readUpload(request, upload) } : { input }
}

const write = (exchange: Exchange, output: unknown): HttpReply => {
  const { output: declared } = exchange.operation
  const kind = 'kind' in declared ? declared.kind : 'json'
  if (kind === 'file') return fileReply(exchange.request, output as FileAnswer)
  if (kind === 'stream') return exchange.eventStream(output as AsyncIterable<unknown>)
  if ('kind' in declared && declared.kind === 'headers')
    return headersReply(output as HeadersAnswer, declared)
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(output),
  }
}

const components = {
  Etag: {
    description: 'Names this version; send it back in `If-None-Match`.',
    schema: { type: 'string', example: '"3"' },
  },
}
const etag = { ETag: 'Etag' }

const namedHeaders = (names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      { schema: { type: 'string' }, description: 'Left out when there is none.' },
    ]),
  )

const answers = ({ output, summary }: OperationSpec): Record<number, DocumentedAnswer> => {
  if (!('kind' in output))
    return { 200: { description: summary, content: { 'application/json': output } } }
  if (output.kind === 'headers')
    return { 200: { description: summary, headers: namedHeaders(output.names) } }
  if (output.kind === 'stream')
    return { 200: { description: summary, content: { 'text/event-stream': output.message } } }
  const binary = z.string().meta({ format: 'binary' })
  const content = Object.fromEntries(output.types.map((type) => [type, binary]))
  return {
    200: { description: summary, content, headers: etag },
    304: {
      description: 'The version `If-None-Match` names is the one there is.',
      headers: etag,
    },
  }
}

/** The default protocol: JSON in; JSON, a file, headers or events out; refusals as problem documents (RFC 9457). */
export const json: Protocol = {
  id: 'json',
  unknownFields: 'refused',
  counts: 'calls',
  expectsRefusals: false,
  tellsCsrfToken: true,
  answersBare: false,
  read,
  write,
  refuse: (_exchange, problem) => problemReply(problem),
  document: {
    body: (fields) => ({ 'application/json': fields.strict() }),
    answers,
    refusal: { mediaType: 'application/problem+json', schema: problemSchema },
    components,
  },
}
