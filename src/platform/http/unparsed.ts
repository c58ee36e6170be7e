import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Refusal, type RefusalSpec } from '@latchkey/kit'
import { refusalProblem } from '../operations/problem.ts'
import { refusals, transportRefusals } from '../refusals.ts'
import { problemReply } from './response/problem.ts'
import { type Reply, writeReply } from './response/reply.ts'
import type { Runtime } from './runtime.ts'

/** Answers what never became a request. */
export type Unparsed = (spec: RefusalSpec) => Reply

export const unparsedReply =
  (runtime: Runtime): Unparsed =>
  (spec) => {
    const id = runtime.services.random.id('req')
    runtime.services.log.info({ requestId: id, status: spec.status }, 'a request was not readable')
    return problemReply(refusalProblem(new Refusal(spec), id), {
      ...runtime.apiHeaders,
      'x-request-id': id,
      connection: 'close',
    })
  }

/** Of the 16 KiB that address and headers may have together. */
const addressBytesMax = 8192

type ParserError = Error & { readonly code?: string; readonly rawPacket?: Buffer }

/** What was too much: the first packet holds the address, or the beginning of it. */
const overflowOf = ({ rawPacket }: ParserError): RefusalSpec => {
  const [line = ''] = (rawPacket?.toString('latin1') ?? '').split('\n', 1)
  const isAddress = /^[A-Z]+ \//.test(line) && line.length > addressBytesMax
  return isAddress ? transportRefusals.address_too_long : transportRefusals.headers_too_large
}

const specOf = (error: ParserError): RefusalSpec => {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return overflowOf(error)
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return refusals.body_too_large
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return transportRefusals.request_timeout
    default:
      return transportRefusals.malformed_request
  }
}

const bytesOf = ({ status, headers, body }: Reply): string => {
  const text = String(body ?? '')
  const lines = Object.entries({
    ...headers,
    date: new Date().toUTCString(),
    'content-length': String(Buffer.byteLength(text)),
  }).map(([name, value]) => `${name}: ${String(value)}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', text].join('\r\n')
}

/** Node keeps the answer under way here, and its own handler of such errors asks for it too. */
type Answering = Duplex & {
  readonly _httpMessage?: { readonly headersSent: boolean; readonly req: IncomingMessage } | null
}

/** An answer to an earlier request is still to come, or this one has begun: a second would be taken for a part of it. */
const isAnswering = ({ _httpMessage: answer }: Answering): boolean =>
  answer !== null && answer !== undefined && (answer.headersSent || answer.req.complete)

/** Node answers these in plain text or not at all. */
export const refuseUnparsed = (server: Server, unparsed: Unparsed): void => {
  server.on('clientError', (error: ParserError, socket: Answering) => {
    const isGone = error.code === 'ECONNRESET' || !socket.writable
    if (isGone || isAnswering(socket)) socket.destroy()
    else socket.end(bytesOf(unparsed(specOf(error))))
  })
  server.on('checkExpectation', (_request, response) =>
    writeReply(response, unparsed(transportRefusals.expectation_failed)),
  )
}
