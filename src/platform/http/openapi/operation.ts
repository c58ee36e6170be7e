import type { HeadersOutput, OperationSpec, Output, RefusalSpec } from '@latchkey/kit'
import { z } from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { takesKey } from '#platform/operations/idempotency.ts'
import { type Entry, isOpen, takesQuery, takesScope } from '#platform/operations/registry.ts'
import { fault, refusals as runtime } from '#platform/refusals.ts'
import { headersOf } from './headers.ts'

export const Problem = z
  .object({
    type: z
      .string()
      .describe(
        'Where the code is explained. For 429 and 503 the registered type that programs know (IANA, http-problem-types).',
      ),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    help: z.string().describe('What to do about it, in a sentence or two.'),
    instance: z.string().describe('The request id.'),
    detail: z.string().optional(),
    fields: z
      .array(z.object({ pointer: z.string(), code: z.string(), message: z.string() }))
      .optional(),
    methods: z.array(z.string()).optional(),
    retryAfterSeconds: z.int().optional(),
    'violated-policies': z
      .array(z.string())
      .optional()
      .describe('With 429: names of the limits that were reached, as in RateLimit-Policy.'),
    signInAt: z.string().optional().describe('Where a person signs in, for proxies.'),
    confirmAt: z
      .string()
      .optional()
      .describe('Where a person proves once more that it is them, for proxies.'),
    scope: z.string().optional().describe('What the key would have to be granted.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details. `code` is stable.' })

/** What the way in may answer to this operation, besides its own refusals. */
export const refusalsOf = (entry: Entry): RefusalSpec[] => {
  const { operation, method } = entry
  const own = [
    ...operation.refusals,
    runtime.too_many_requests,
    runtime.invalid_input,
    runtime.busy,
  ]
  own.push(runtime.two_credentials)
  if (!isOpen(entry))
    own.push(
      runtime.sign_in_required,
      runtime.key_invalid,
      runtime.not_allowed,
      takesScope(entry) ? runtime.scope_missing : runtime.session_only,
    )
  if ('assurance' in operation.access) own.push(runtime.confirm_again)
  if (method !== 'GET')
    own.push(runtime.foreign_origin, runtime.content_type, runtime.body_too_large)
  if (method !== 'GET' && method !== 'DELETE') own.push(runtime.malformed_body)
  if (method !== 'GET' && !isOpen(entry)) own.push(runtime.csrf_token)
  if (!takesKey(entry)) return own
  if (operation.idempotency === 'required') own.push(runtime.idempotency_key_required)
  return [
    ...own,
    runtime.idempotency_key_malformed,
    runtime.idempotency_running,
    runtime.idempotency_no_answer,
    runtime.idempotency_key_reused,
  ]
}

const limitText = ({ limit }: OperationSpec): string[] =>
  limit ? [`At most ${limit.max} calls in ${limit.windowSeconds} seconds per ${limit.per}.`] : []

const whoMay = (entry: Entry): string => {
  const { access } = entry.operation
  if ('anyone' in access) return `Open to anyone: ${access.because}.`
  const role = `Needs the permission \`${access.permission}\`.`
  if (access.scope === 'any') return `${role} Every valid key may call it.`
  if (access.scope) return `${role} A key needs the scope \`${access.scope}\`.`
  return `${role} In the browser only: no key may call it.`
}

const onceText = (entry: Entry): string[] => {
  if (!takesKey(entry)) return []
  const { idempotency, shownOnce } = entry.operation
  const needs = idempotency === 'required' ? 'Needs' : 'Takes'
  const secrets = shownOnce ? ' Secrets are shown once and left out when it is repeated.' : ''
  return [`${needs} an \`Idempotency-Key\`.${secrets}`]
}

const describe = (entry: Entry): string => {
  const { operation } = entry
  const { assurance, provenBy } = { assurance: undefined, provenBy: undefined, ...operation.access }
  const unless = provenBy ? `, unless the ${provenBy} sent is all that can confirm them` : ''
  return [
    `${operation.summary}.`,
    whoMay(entry),
    ...(assurance ? [`The person has to have confirmed within the last 10 minutes${unless}.`] : []),
    ...limitText(operation),
    ...onceText(entry),
  ].join('\n\n')
}

const security = (entry: Entry): Record<string, string[]>[] => {
  const { access } = entry.operation
  if ('anyone' in access) return []
  if (!access.scope) return [{ session: [] }]
  // A role name of an http scheme (OpenAPI 3.1 §4.8.30): what the key must have been granted.
  const scopes = access.scope === 'any' ? [] : [access.scope]
  return [{ session: [] }, { bearer: scopes }, { basic: scopes }]
}

const answers = (output: Exclude<Output, HeadersOutput>): Record<string, { schema: z.ZodType }> => {
  if (!('kind' in output)) return { 'application/json': { schema: output } }
  if (output.kind === 'stream') return { 'text/event-stream': { schema: output.message } }
  return Object.fromEntries(
    output.types.map((type) => [type, { schema: z.string().meta({ format: 'binary' }) }]),
  )
}

const contentOf = (output: Output): object =>
  'kind' in output && output.kind === 'headers' ? {} : { content: answers(output) }

const refused = (
  entry: Entry,
  status: number,
  list: readonly { readonly code: string; readonly title: string }[],
): object => ({
  description: list.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n'),
  headers: headersOf(entry, status),
  content: {
    'application/problem+json': {
      schema: Problem,
      examples: Object.fromEntries(
        list.map(({ code }) => [code, { $ref: `#/components/examples/${code}` }]),
      ),
    },
  },
})

/** Answers that are neither what was asked for nor a refusal. */
const elsewhere = (entry: Entry): object => {
  const { caller, output } = entry.operation
  const said: (readonly [number, string])[] = []
  if (caller === 'proxy')
    said.push([302, 'To the sign-in page: nobody is signed in, and `otherwise` is `redirect`.'])
  if ('kind' in output && output.kind === 'file')
    said.push([304, 'The version `If-None-Match` names is the one there is.'])
  return Object.fromEntries(
    said.map(([status, description]) => [
      String(status),
      { description, headers: headersOf(entry, status) },
    ]),
  )
}

const responsesOf = (entry: Entry): ZodOpenApiResponsesObject => {
  const byStatus = [...Map.groupBy(refusalsOf(entry), (refusal) => refusal.status)]
  return {
    '200': {
      description: entry.operation.summary,
      headers: headersOf(entry, 200),
      ...contentOf(entry.operation.output),
    },
    ...elsewhere(entry),
    ...Object.fromEntries(
      byStatus
        .sort(([a], [b]) => a - b)
        .map(([status, list]) => [String(status), refused(entry, status, list)]),
    ),
    '500': refused(entry, 500, [fault]),
  } as ZodOpenApiResponsesObject
}

const bodyOf = (entry: Entry): ZodOpenApiOperationObject['requestBody'] => {
  const { operation, pathNames } = entry
  if (operation.upload) {
    const content = operation.upload.types.map((type) => [
      type,
      { schema: z.string().meta({ format: 'binary' }) },
    ])
    return { required: true, content: Object.fromEntries(content) }
  }
  const fields = Object.keys(operation.input.shape).filter((name) => !pathNames.includes(name))
  if (takesQuery(entry) || fields.length === 0) return undefined
  const schema = pick(operation, fields).strict()
  return { required: true, content: { 'application/json': { schema } } }
}

const pick = (operation: OperationSpec, names: readonly string[]): z.ZodObject =>
  operation.input.pick(Object.fromEntries(names.map((name) => [name, true])) as never)

/** What no field of OpenAPI has a place for; the reference page shows it. */
const ownFacts = ({ operation }: Entry): object => {
  const { access, limit, idempotency, shownOnce } = operation
  const who =
    'anyone' in access
      ? { because: access.because }
      : {
          permission: access.permission,
          scope: access.scope ?? null,
          confirmed: access.assurance === 'recently-confirmed',
        }
  return {
    ...who,
    ...(limit ? { limit } : {}),
    ...(idempotency ? { idempotency } : {}),
    ...(shownOnce ? { shownOnce } : {}),
  }
}

export const operationObject = (entry: Entry): ZodOpenApiOperationObject => {
  const { operation, pathNames } = entry
  const queryNames = takesQuery(entry)
    ? Object.keys(operation.input.shape).filter((name) => !pathNames.includes(name))
    : []
  const body = bodyOf(entry)
  const key = operation.idempotency === 'required' ? 'IdempotencyKeyRequired' : 'IdempotencyKey'
  return {
    operationId: operation.name,
    summary: operation.summary,
    description: describe(entry),
    tags: [entry.module],
    security: security(entry),
    ...(takesKey(entry) ? { parameters: [{ $ref: `#/components/parameters/${key}` }] } : {}),
    requestParams: {
      ...(pathNames.length > 0 ? { path: pick(operation, pathNames) } : {}),
      ...(queryNames.length > 0 ? { query: pick(operation, queryNames) } : {}),
    },
    ...(body ? { requestBody: body } : {}),
    responses: responsesOf(entry),
    'x-latchkey': ownFacts(entry),
  } as ZodOpenApiOperationObject
}
