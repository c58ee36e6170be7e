import type { z } from 'zod'
import type { Actor } from './actor.ts'
import type { Config } from './context.ts'
import type { OperationSpec } from './operation.ts'
import type { Problem, RefusalSpec } from './refusal.ts'

/** A request as a protocol reads it. Credentials and cookies were taken from it before: a protocol decides nothing about them. */
export type HttpRequest = {
  readonly method: string
  /** Looks a header up by its lower-case name. */
  readonly headers: { readonly get: (name: string) => string | null }
  readonly pathParameters: Readonly<Record<string, string>>
  /** A name that is given twice has a list. */
  readonly query: () => Record<string, unknown>
  /** Where the protocol asks about another request: path and query below the operation's address, as sent. Otherwise empty. */
  readonly below: string
  /** Neither path nor query holds anything. */
  readonly isBare: boolean
  /** The whole body, or a refusal when it has more bytes than that. */
  readonly readBody: (bytesMax: number) => Promise<Uint8Array>
  /** The body as it arrives; refuses in the middle when it has more bytes than that. */
  readonly streamBody: (bytesMax: number) => AsyncIterable<Uint8Array>
}

export type HttpReply = {
  readonly status: number
  readonly headers: Record<string, string | string[]>
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null
}

/** One request and its answer, as far as a protocol may look at them. */
export type Exchange = {
  readonly operation: OperationSpec
  /** Input comes from path and query, as with GET, DELETE and uploads; otherwise from path and body. */
  readonly takesQuery: boolean
  readonly request: HttpRequest
  /** A visitor until the credential was looked up. */
  readonly actor: Actor
  readonly config: Config
  /** Origin people know the installation by. */
  readonly origin: string
  readonly pages: {
    readonly signIn: string
    /** Code of a refusal that a signed-in person can do something about → the page where they do. */
    readonly confirm: ReadonlyMap<string, string>
  }
  /** What reading found out and the answer needs, e.g. the `id` of a JSON-RPC call. */
  memo: unknown
  /** Server-sent events. The platform opens them, because it counts them and ends them when the process stops. */
  readonly eventStream: (messages: AsyncIterable<unknown>) => HttpReply
}

/** What was asked, not yet compared with the contract. */
export type Asked = {
  /** Null: nothing was sent, and there was no place where something could have been. */
  readonly input: Readonly<Record<string, unknown>> | null
  /** A body that is a file, asked for once the rest of the input was accepted. */
  readonly content?: () => Promise<unknown>
}

export type DocumentedHeader = {
  readonly description: string
  /** JSON schema. */
  readonly schema: object
}

export type DocumentedAnswer = {
  readonly description: string
  /** Media type → schema. */
  readonly content?: Readonly<Record<string, z.ZodType>>
  /** Besides those the platform sends, by their names on the wire. */
  readonly headers?: DocumentedHeaders
}

/** By the name on the wire; a text is the name of a header in `components`. */
export type DocumentedHeaders = Readonly<Record<string, DocumentedHeader | string>>

/** What the OpenAPI document says of an operation that differs from protocol to protocol. */
export type ProtocolDocument = {
  /** Media type → schema of the body, where input comes from one. `fields`: the input without what stands in the path. */
  readonly body: (fields: z.ZodObject) => Readonly<Record<string, z.ZodType>>
  /** Every answer that is not a refusal, by status. */
  readonly answers: (operation: OperationSpec) => Readonly<Record<number, DocumentedAnswer>>
  readonly refusal: {
    readonly mediaType: string
    readonly schema: z.ZodType
    /** Absent: the problem document of the code. */
    readonly example?: (spec: Omit<RefusalSpec, 'status'> & { readonly status: number }) => unknown
    readonly headers?: (status: number) => DocumentedHeaders
    /** Where it is not the status of the refusal. */
    readonly status?: (status: number) => number
  }
  /** Headers that are written once and referred to. */
  readonly components?: Readonly<Record<string, DocumentedHeader>>
}

/**
 * How an operation is spoken to over HTTP: how its input is read, how its output and its refusals are written, and how
 * that is documented. Chosen by `speaks` in the contract; `json` when it says nothing.
 *
 * It decides nothing about who may call: credentials, own origin and CSRF token are checked before it is asked, and it
 * writes neither cookies nor the headers that protect answers in a browser.
 */
export type Protocol = {
  /** What contracts name in `speaks`. */
  readonly id: string
  /**
   * `another-request`: the caller is a proxy with a question about a request of its own visitor. Method, path below the
   * address and Host may be that request's, so the operation is found at all of them. It must be a read without path
   * parameters, because nothing protects it against a request that another site had a browser send.
   */
  readonly asksAbout?: 'itself' | 'another-request'
  /** Names the input does not declare. Refused, unless the standard wants them ignored (RFC 6749 §3.1). */
  readonly unknownFields: 'refused' | 'ignored'
  /**
   * What counts against the limits of an address and of a key. `refusals`: the caller asks on behalf of all users, so
   * only credentials that were shown and refused count.
   */
  readonly counts: 'calls' | 'refusals'
  /** Refusals of reads are everyday and logged as such. */
  readonly expectsRefusals: boolean
  /** Answers to a session carry the CSRF token of that session. Without it the answer reaches no page that would send it back. */
  readonly tellsCsrfToken: boolean
  /** Answers that are no refusal consist of headers that a program in front reads, and carry none that are meant for browsers. */
  readonly answersBare: boolean
  readonly read: (exchange: Exchange) => Promise<Asked>
  /** The status, the body, and the headers besides those the platform adds. */
  readonly write: (exchange: Exchange, output: unknown) => HttpReply
  readonly refuse: (exchange: Exchange, problem: Problem) => HttpReply
  readonly document: ProtocolDocument
}
