import type { PageRole } from './page.ts'

/** HTTP statuses a refusal may travel with (RFC 9110 §15.5, §15.6). 500 is missing on purpose: a fault is never a refusal. */
export type RefusalStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 408
  | 409
  | 410
  | 413
  | 414
  | 415
  | 417
  | 421
  | 422
  | 429
  | 431
  | 503

/** A page where a signed-in person does something about it, and then comes back. */
export type Cure = { readonly page: PageRole; readonly query?: string }

/** What is fixed about a refusal. The code is stable for ever; pages translate it, programs compare it. */
export type RefusalSpec = {
  /** `module.reason`, e.g. `password.wrong`. */
  readonly code: string
  readonly status: RefusalStatus
  /** One short sentence for people, without values. RFC 9457 §3.1.3 (`title`). */
  readonly title: string
  /** What to do about it: becomes the page of this code in the reference. */
  readonly help: string
  readonly cure?: Cure
}

/** One wrong place in the input. `pointer` is a JSON Pointer (RFC 6901) into it. */
export type FieldFault = {
  readonly pointer: string
  readonly code: string
  readonly message: string
}

/** What may vary from one refusal to the next. Every member is shown to the caller. */
export type RefusalDetails = {
  readonly detail?: string
  readonly fields?: readonly FieldFault[]
  readonly retryAfterSeconds?: number
  /** Names of the limits that were reached, as in the header RateLimit-Policy. Named by the standard, so not in our spelling. */
  readonly 'violated-policies'?: readonly string[]
  /** Ways to prove it is you that would be accepted, strongest first. */
  readonly methods?: readonly string[]
  /** Where a person signs in, to come back to what was asked for. */
  readonly signInAt?: string
  /** Where a person proves once more that it is them, to come back to what was asked for. */
  readonly confirmAt?: string
  /** The scope a key would need. */
  readonly scope?: string
}

/** A refusal or a fault as it leaves the product (RFC 9457); each protocol writes it in its own form. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: string
  /** What to do about it, the same each time; `detail` is about this one answer. */
  readonly help: string
  /** The request id: it is what support asks for. */
  readonly instance: string
} & RefusalDetails

/** Declares the refusals of a module; the key is only a name in code. */
export const defineRefusals = <const R extends Record<string, RefusalSpec>>(refusals: R): R =>
  refusals

/**
 * An expected "no": declared in the contract, safe to show, not logged as a fault.
 * Anything else that is thrown is a bug and reaches the caller as a bare 500.
 */
export class Refusal extends Error {
  readonly spec: RefusalSpec
  readonly details: RefusalDetails

  constructor(spec: RefusalSpec, details: RefusalDetails = {}) {
    super(spec.title)
    this.name = 'Refusal'
    this.spec = spec
    this.details = details
  }
}

/**
 * A refusal because of one field: the pointer (RFC 6901) leads to it, the code is the reason (`password.wrong` → `wrong`),
 * and the message is the title, so a page shows it beside the field.
 */
export const fieldRefusal = (spec: RefusalSpec, pointer: string): Refusal => {
  const code = spec.code.slice(spec.code.indexOf('.') + 1)
  return new Refusal(spec, { fields: [{ pointer, code, message: spec.title }] })
}
