import { defineRefusals } from '@latchkey/kit'

/** What the way in itself may answer, for every operation. */
export const refusals = defineRefusals({
  sign_in_required: {
    code: 'auth.sign_in_required',
    status: 401,
    title: 'Sign in to go on.',
    help: 'No valid credential came with the request. Your session may have ended: sign in again.',
  },
  not_allowed: {
    code: 'auth.not_allowed',
    status: 403,
    title: 'Your role does not allow this.',
    help: 'Ask somebody who manages roles in your organisation for the permission.',
  },
  key_invalid: {
    code: 'auth.key_invalid',
    status: 401,
    title: 'This key is not valid.',
    help: 'It may be mistyped, expired, revoked or replaced, or its owner may be disabled. Look at the list of tokens in the account, or create a new one. Keys go in the Authorization header, nowhere else.',
  },
  two_credentials: {
    code: 'auth.two_credentials',
    status: 400,
    title: 'The request carries two credentials.',
    help: 'Send either the session cookie or one Authorization header. Which of two should count cannot be known.',
  },
  scope_missing: {
    code: 'auth.scope_missing',
    status: 403,
    title: 'This key was not granted what the call needs.',
    help: 'The member scope of the answer names the missing scope. Create a token that has it.',
  },
  session_only: {
    code: 'auth.session_only',
    status: 403,
    title: 'Only a person in a browser can do this.',
    help: 'A key, whatever it was granted, manages neither credentials nor sessions, and cannot confirm that it is you. Sign in and use the page.',
  },
  wrong_caller: {
    code: 'auth.wrong_caller',
    status: 403,
    title: 'This is for another kind of caller.',
    help: 'Some operations are for people and the keys that act for them, others for registered clients that act for themselves. The API reference says which.',
  },
  confirm_again: {
    code: 'auth.confirm_again',
    status: 403,
    title: 'Confirm it is you to go on.',
    help: 'The last proof is older than 10 minutes. Confirm with one of the offered methods at POST /api/v1/confirm and repeat the call.',
    cure: { page: 'confirm' },
  },
  csrf_token: {
    code: 'http.csrf_token',
    status: 403,
    title: 'The request did not carry this session’s token.',
    help: 'Send the value of the response header X-CSRF-Token back in the request header X-CSRF-Token.',
  },
  foreign_origin: {
    code: 'http.foreign_origin',
    status: 403,
    title: 'The request did not come from a page of this installation.',
    help: 'Changes are accepted from the product’s own pages only. Programs: send a bearer credential and no cookie, or an Origin header equal to the public address.',
  },
  not_found: {
    code: 'http.not_found',
    status: 404,
    title: 'There is nothing at this address.',
    help: 'Check the address; the API reference lists all of them.',
  },
  method_not_allowed: {
    code: 'http.method_not_allowed',
    status: 405,
    title: 'This address does not take that method.',
    help: 'The response header Allow names the methods it takes.',
  },
  invalid_input: {
    code: 'http.invalid_input',
    status: 400,
    title: 'Some of the input is not usable.',
    help: 'The member “fields” points at each wrong place.',
  },
  malformed_body: {
    code: 'http.malformed_body',
    status: 400,
    title: 'The body is not one JSON object.',
    help: 'Send one JSON object in UTF-8.',
  },
  content_type: {
    code: 'http.content_type',
    status: 415,
    title: 'The body has the wrong content type.',
    help: 'Send application/json in UTF-8; for a file, one of the types the operation names. Neither is taken compressed.',
  },
  body_too_large: {
    code: 'http.body_too_large',
    status: 413,
    title: 'The body is too large.',
    help: 'JSON bodies may have 64 KiB; a picture 2 MB.',
  },
  too_many_requests: {
    code: 'http.too_many_requests',
    status: 429,
    title: 'Too many requests. Wait a moment.',
    help: 'Retry-After says how many seconds to wait; the member “violated-policies” names the limit that was reached.',
  },
  idempotency_key_required: {
    code: 'http.idempotency_key_required',
    status: 400,
    title: 'This call needs an Idempotency-Key.',
    help: 'Send the header Idempotency-Key with a fresh UUID in double quotes, and the same one when you repeat the call.',
  },
  idempotency_key_malformed: {
    code: 'http.idempotency_key_malformed',
    status: 400,
    title: 'The Idempotency-Key is not one quoted text.',
    help: 'Put 1 to 255 printable ASCII characters in double quotes: Idempotency-Key: "8e03978e-40d5-43dd-bc93-6894a57f9324".',
  },
  idempotency_running: {
    code: 'http.idempotency_running',
    status: 409,
    title: 'The first call with this Idempotency-Key is still running.',
    help: 'Wait a moment and repeat the call with the same key: you will get the answer of the first one.',
  },
  idempotency_no_answer: {
    code: 'http.idempotency_no_answer',
    status: 409,
    title: 'The first call with this Idempotency-Key left no answer.',
    help: 'The server stopped while it ran, or its answer was too large to keep. Look whether the change was made before you call again with a new key.',
  },
  idempotency_key_reused: {
    code: 'http.idempotency_key_reused',
    status: 422,
    title: 'This Idempotency-Key was used for another call.',
    help: 'A key belongs to one call with one input, for 24 hours. Make a new key for a new call.',
  },
  busy: {
    code: 'http.busy',
    status: 503,
    title: 'The server is busy. Try again in a moment.',
    help: 'More work arrived than can be done at once. Retry-After says how many seconds to wait.',
  },
  unavailable: {
    code: 'http.unavailable',
    status: 503,
    title: 'The server cannot reach its data right now. Try again in a moment.',
    help: 'The database is restarting, or cannot be reached. Nothing was changed. Retry-After says how many seconds to wait; if it lasts, the operator finds the cause in the log.',
  },
  read_only: {
    code: 'http.read_only',
    status: 503,
    title: 'Nothing can be changed right now. What you asked for did not happen.',
    help: 'The database takes no changes at the moment, for example while another server takes over. What can be read is still answered. Retry-After says how many seconds to wait.',
  },
  storage_full: {
    code: 'http.storage_full',
    status: 503,
    title: 'The server has no room left. What you asked for did not happen.',
    help: 'The disk of the database is full, so nothing can be stored. What can be read is still answered. The operator has to make room; after that, ask again.',
  },
  outcome_unknown: {
    code: 'http.outcome_unknown',
    status: 503,
    title: 'The connection was lost while this was being saved. Look whether it happened.',
    help: 'The database went away before it confirmed the change. Look first, and repeat the call only if the change is missing. A call with an Idempotency-Key can be repeated with the same key: it happens once.',
  },
})

/** What is answered before any operation is asked: the request itself is wrong, whatever it wants. */
export const transportRefusals = defineRefusals({
  misdirected: {
    code: 'http.misdirected',
    status: 421,
    title: 'There is no such host here.',
    help: 'Call the address that “detail” names. Operators: let the proxy pass the Host header on, or name this host in LATCHKEY_OTHER_HOSTS.',
  },
  host_unclear: {
    code: 'http.host_unclear',
    status: 400,
    title: 'It is not clear which host is meant.',
    help: 'Send exactly one Host header with a name and at most a port, and a path as the address of the request.',
  },
  malformed_request: {
    code: 'http.malformed_request',
    status: 400,
    title: 'This is not a request that HTTP knows.',
    help: 'The first line, a header or the framing of the body is broken. Look at the program that sent it, or at a proxy on the way.',
  },
  request_timeout: {
    code: 'http.request_timeout',
    status: 408,
    title: 'The request did not arrive in time.',
    help: 'Headers have 10 seconds, the whole request 30. Send it again.',
  },
  address_too_long: {
    code: 'http.address_too_long',
    status: 414,
    title: 'The address is too long.',
    help: 'Address and headers may have 16 KiB together.',
  },
  expectation_failed: {
    code: 'http.expectation_failed',
    status: 417,
    title: 'The header Expect asks for something that is not done here.',
    help: 'Leave it out, or send Expect: 100-continue.',
  },
  headers_too_large: {
    code: 'http.headers_too_large',
    status: 431,
    title: 'The headers are too large.',
    help: 'Address and headers may have 16 KiB together. Often it is cookies: delete those of this site.',
  },
})

/** Not a refusal: a fault of ours. Its page in the reference exists all the same. */
export const fault = {
  code: 'http.fault',
  status: 500,
  title: 'Something went wrong on the server.',
  help: 'Try again. If it keeps happening, give the request id (“instance”) to the operator: what happened stands in the log under it.',
} as const
