import type { z } from 'zod'
import type { Actor, Person, RegisteredClient } from './actor.ts'
import type { Context } from './context.ts'
import type { RefusalSpec } from './refusal.ts'

/** Open to callers without a credential. The reason is printed in the table of operations, so it has to be a good one. */
export type OpenAccess = {
  readonly anyone: true
  readonly because: string
  /**
   * For programs that have no credential and, other than browsers, name no origin: a request without Origin,
   * Sec-Fetch-Site and cookies is let in. Its answer never issues a secret.
   */
  readonly from?: 'programs'
}

/** For signed-in users. What is not granted here is refused. */
export type PersonAccess = {
  readonly permission: string
  /** Keys that act for a person need this scope. Absent: browser sessions only. `any`: every valid key. */
  readonly scope?: string
  /** `recently-confirmed`: the user proved a method within the last 10 minutes; a key never satisfies it. */
  readonly assurance?: 'recently-confirmed'
  /**
   * With `assurance`: the input itself carries a proof by this method, like the current password, and the rule checks it
   * first, as a counted guess. A user whom that method would confirm is not asked twice. A user with a second factor is
   * still confirmed by that factor, because the method in the input would be a step down.
   */
  readonly provenBy?: string
}

/** For a registered program that acts for itself and for no person, e.g. another server. */
export type ClientAccess = {
  readonly client: true
  /** What it must have been granted; absent: every registered one. */
  readonly scope?: string
}

export type Access = OpenAccess | PersonAccess | ClientAccess

/** At most `max` calls in `windowSeconds`, counted per caller address or per person. */
export type Limit = {
  readonly per: 'address' | 'person'
  readonly max: number
  readonly windowSeconds: number
}

/** The request body is a file, handed to the rule as `content`; every other input comes from path and query. */
export type Upload = {
  readonly types: readonly string[]
  readonly bytesMax: number
  /** Handed over as it arrives, instead of whole: reading it refuses when it turns out to be too large. */
  readonly as?: 'stream'
}

/** The answer is a file: bytes, not JSON. */
export type FileOutput = { readonly kind: 'file'; readonly types: readonly string[] }
/** The answer is a stream of server-sent events (WHATWG HTML §9.2), one JSON value each. */
export type StreamOutput<M extends z.ZodType = z.ZodType> = {
  readonly kind: 'stream'
  readonly message: M
}

/** The answer is its headers, for reverse proxies: they read nothing else. */
export type HeadersOutput<Name extends string = string> = {
  readonly kind: 'headers'
  readonly names: readonly Name[]
}

export const fileOutput = (...types: string[]): FileOutput => ({ kind: 'file', types })
export const streamOutput = <M extends z.ZodType>(message: M): StreamOutput<M> => ({
  kind: 'stream',
  message,
})

export const headersOutput = <const Name extends string>(
  ...names: Name[]
): HeadersOutput<Name> => ({
  kind: 'headers',
  names,
})

/** Text; what is not printable ASCII travels percent-encoded (RFC 3986 §2.1). null: the header is left out. */
export type HeadersAnswer<Name extends string = string> = Readonly<Record<Name, string | null>>

export type FileAnswer = {
  /** As a series of pieces: written while it is produced. */
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>
  readonly type: string
  /** Names the version; absent where no caller asks for the same one again. */
  readonly etag?: string
}

export type Output = z.ZodType | FileOutput | StreamOutput | HeadersOutput

export type OperationSpec<
  I extends z.ZodObject = z.ZodObject,
  O extends Output = Output,
  A extends Access = Access,
  U extends Upload | undefined = Upload | undefined,
> = {
  /** `noun.verb`. */
  readonly name: string
  readonly summary: string
  readonly access: A
  readonly input: I
  readonly output: O
  /** Besides what the way in itself may answer (not signed in, not allowed, invalid input, too many requests). */
  readonly refusals: readonly RefusalSpec[]
  /** `METHOD /path/{parameter}`. Path, query (GET, DELETE) and JSON body are one input. */
  readonly rest: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`
  readonly limit?: Limit
  /** Id of the protocol it is spoken to in; `json` when absent. Modules bring further ones in `protocols`. */
  readonly speaks?: string
  /** Accepts a body larger than the usual 64 KiB of JSON. */
  readonly upload?: U
  /** A POST of a person takes an Idempotency-Key; `required` refuses to run without one. */
  readonly idempotency?: 'required'
  /**
   * Nothing in the rule is slow, guesses a secret or reaches outside, so the way in may put all of it into one
   * transaction with the stored answer of an Idempotency-Key. Absent: the answer is stored right after.
   */
  readonly effect?: 'one-transaction'
  /**
   * Ends a session, a key or a right, or is needed to: goes on while the disk of the database is full, with room that is
   * kept for it. All other changes are refused meanwhile.
   */
  readonly endsAccess?: true
  /** Fields of the output that are secrets: an answer that is given again says "already shown" instead. */
  readonly shownOnce?: readonly string[]
}

/** Declares one operation. Everything about who may call it, with what, and what comes back is here. */
export const operation = <
  I extends z.ZodObject,
  O extends Output,
  const A extends Access,
  const U extends Upload | undefined = undefined,
>(
  spec: OperationSpec<I, O, A, U>,
): OperationSpec<I, O, A, U> => spec

export type Input<Op extends { input: z.ZodType }> = z.output<Op['input']> &
  (Op extends { upload?: infer U }
    ? [NonNullable<U>] extends [never]
      ? unknown
      : U extends { readonly as: 'stream' }
        ? { readonly content: AsyncIterable<Uint8Array> }
        : { readonly content: Uint8Array }
    : unknown)

export type OutputOf<Op extends { output: Output }> = Op['output'] extends FileOutput
  ? FileAnswer
  : Op['output'] extends StreamOutput<infer M>
    ? AsyncIterable<z.input<M>>
    : Op['output'] extends HeadersOutput<infer Name>
      ? HeadersAnswer<Name>
      : Op['output'] extends z.ZodType
        ? z.input<Op['output']>
        : never

/** A secret the caller shall hold from now on (or, with null, no longer). The transport decides how: a browser gets a cookie. */
export type IssuedSecret = {
  readonly value: string
  /** Epoch milliseconds; null: until the browser closes. */
  readonly expiresAt: number | null
}
export type IssuedSecrets = {
  readonly session?: IssuedSecret | null
  readonly device?: IssuedSecret
  /** A sign-in that waits for its second step. */
  readonly pending?: IssuedSecret | null
}

const issuedSecrets: unique symbol = Symbol('holdings')
export type Issuing<T> = { readonly output: T; readonly [issuedSecrets]: IssuedSecrets }

/** Answers `output` and hands the caller something to hold. */
export const issuing = <T>(output: T, issued: IssuedSecrets): Issuing<T> => ({
  output,
  [issuedSecrets]: issued,
})

/** Splits what a rule returned. For the transport. */
export const unwrapIssued = <T>(
  answer: T | Issuing<T>,
): { output: T; issued: IssuedSecrets | null } =>
  typeof answer === 'object' && answer !== null && issuedSecrets in answer
    ? { output: answer.output, issued: answer[issuedSecrets] }
    : { output: answer as T, issued: null }

export type RuleContext<Op extends { access: Access }> = Context<
  Op['access'] extends OpenAccess
    ? Actor
    : Op['access'] extends ClientAccess
      ? RegisteredClient
      : Person
>

export type Rule<Op extends { access: Access; input: z.ZodType; output: Output }> = (
  ctx: RuleContext<Op>,
  input: Input<Op>,
) => Promise<OutputOf<Op> | Issuing<OutputOf<Op>>>

export type Operations = Readonly<Record<string, OperationSpec>>

/** An operation with its rule, types erased: what the registry holds. */
export type BoundOperation = {
  readonly operation: OperationSpec
  readonly rule: (ctx: Context<Actor>, input: unknown) => Promise<unknown>
}

/** Binds every operation of a contract to its rule. A missing or ill-fitting rule does not compile. */
export const answer = <Ops extends Operations>(
  operations: Ops,
  rules: { readonly [K in keyof Ops]: Rule<Ops[K]> },
): readonly BoundOperation[] =>
  Object.entries(operations).map(([key, spec]) => ({
    operation: spec,
    // Seam: types are erased here once; the way in validates input and actor before it calls a rule.
    rule: rules[key] as unknown as BoundOperation['rule'],
  }))
