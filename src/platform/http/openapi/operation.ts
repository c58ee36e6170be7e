import type { Access, DocumentedAnswer, OperationSpec, RefusalSpec } from '@latchkey/kit'
import { z } from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { takesKey } from '#platform/operations/idempotency.ts'
import { type Entry, isOpen, takesQuery, takesScope } from '#platform/operations/registry.ts'
import { fault, refusals as runtime } from '#platform/refusals.ts'
import type { Endpoint } from '../endpoint.ts'
import { headersOf } from './headers.ts'

type Told = Omit<RefusalSpec, 'status'> & { readonly status: number }

/** Refusals that the transport may answer with, besides the operation's own. */
export const refusalsOf = (entry: Entry): RefusalSpec[] => {
  const { operation, method } = entry
  const own = [
    ...operation.refusals,
    runtime.too_many_requests,
    runtime.invalid_input,
    runtime.busy,
  ]
  own.push(runtime.two_credentials)
  if (!isOpen(entry)) own.push(runtime.sign_in_required, runtime.key_invalid)
  if ('client' in operation.access) own.push(runtime.wrong_caller)
  if ('client' in operation.access && takesScope(entry)) own.push(runtime.scope_missing)
  if ('permission' in operation.access)
    own.push(runtime.not_allowed, takesScope(entry) ? runtime.scope_missing : runtime.session_only)
  if ('assurance' in operation.access) own.push(runtime.confirm_again)
  if (method !== 'GET')
    own.push(runtime.foreign_origin, runtime.content_type, runtime.body_too_large)
  if (method !== 'GET' && method !== 'DELETE') own.push(runtime.malformed_body)
  if (method !== 'GET' && 'permission' in operation.access) own.push(runtime.csrf_token)
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
  if ('client' in access) {
    const granted = access.scope ? ` It needs the scope \`${access.scope}\`.` : ''
    return `For registered clients, which act for themselves: no person and no key of a person may call it.${granted}`
  }
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
  if ('client' in access) {
    const granted = access.scope ? [access.scope] : []
    return [{ bearer: granted }, { basic: granted }]
  }
  if (!access.scope) return [{ session: [] }]
  // A role name of an http scheme (OpenAPI 3.1 §4.8.30): what the key must have been granted.
  const scopes = access.scope === 'any' ? [] : [access.scope]
  return [{ session: [] }, { bearer: scopes }, { basic: scopes }]
}

const refused = (endpoint: Endpoint, status: number, list: readonly Told[]): object => {
  const { mediaType, schema, example } = endpoint.protocol.document.refusal
  const exampleOf = (spec: Told): object =>
    example ? { value: example(spec) } : { $ref: `#/components/examples/${spec.code}` }
  return {
    description: list.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n'),
    headers: headersOf(endpoint, status),
    content: {
      [mediaType]: {
        schema,
        examples: Object.fromEntries(list.map((spec) => [spec.code, exampleOf(spec)])),
      },
    },
  }
}

const answered = (endpoint: Endpoint, status: number, answer: DocumentedAnswer): object => ({
  description: answer.description,
  headers: headersOf(endpoint, status),
  ...(answer.content
    ? {
        content: Object.fromEntries(
          Object.entries(answer.content).map(([type, schema]) => [type, { schema }]),
        ),
      }
    : {}),
})

const responsesOf = (endpoint: Endpoint): ZodOpenApiResponsesObject => {
  const { entry, protocol } = endpoint
  const { status: statusOf = (status) => status } = protocol.document.refusal
  const byStatus = [...Map.groupBy(refusalsOf(entry), (refusal) => statusOf(refusal.status))]
  const answers = Object.entries(protocol.document.answers(entry.operation))
  return {
    ...Object.fromEntries(
      answers.map(([status, answer]) => [status, answered(endpoint, Number(status), answer)]),
    ),
    ...Object.fromEntries(
      byStatus
        .sort(([a], [b]) => a - b)
        .map(([status, list]) => [String(status), refused(endpoint, status, list)]),
    ),
    '500': refused(endpoint, 500, [fault]),
  } as ZodOpenApiResponsesObject
}

const bodyOf = ({ entry, protocol }: Endpoint): ZodOpenApiOperationObject['requestBody'] => {
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
  const content = Object.entries(protocol.document.body(pick(operation, fields)))
  return {
    required: true,
    content: Object.fromEntries(content.map(([type, schema]) => [type, { schema }])),
  }
}

const pick = (operation: OperationSpec, names: readonly string[]): z.ZodObject =>
  operation.input.pick(Object.fromEntries(names.map((name) => [name, true])) as never)

const factsOfAccess = (access: Access): object => {
  if ('anyone' in access) return { because: access.because }
  if ('client' in access) return { client: true, scope: access.scope ?? null }
  return {
    permission: access.permission,
    scope: access.scope ?? null,
    confirmed: access.assurance === 'recently-confirmed',
  }
}

/** Facts that OpenAPI has no field for; the reference page shows them. */
const ownFacts = ({ operation }: Entry): object => {
  const { access, limit, idempotency, shownOnce } = operation
  return {
    ...factsOfAccess(access),
    ...(limit ? { limit } : {}),
    ...(idempotency ? { idempotency } : {}),
    ...(shownOnce ? { shownOnce } : {}),
  }
}

export const operationObject = (endpoint: Endpoint): ZodOpenApiOperationObject => {
  const { entry } = endpoint
  const { operation, pathNames } = entry
  const queryNames = takesQuery(entry)
    ? Object.keys(operation.input.shape).filter((name) => !pathNames.includes(name))
    : []
  const body = bodyOf(endpoint)
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
    responses: responsesOf(endpoint),
    'x-latchkey': ownFacts(entry),
  } as ZodOpenApiOperationObject
}
