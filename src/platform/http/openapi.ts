import type { OperationSpec, Output, RefusalSpec } from '@latchkey/kit'
import { z } from 'zod'
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi'
import { refusals as door } from './refusals.ts'
import type { Entry, Registry } from './registry.ts'

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    instance: z.string().describe('The request id.'),
    detail: z.string().optional(),
    fields: z
      .array(z.object({ pointer: z.string(), code: z.string(), message: z.string() }))
      .optional(),
    methods: z.array(z.string()).optional(),
    retryAfterSeconds: z.int().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details. `code` is stable.' })

/** What the way in may answer to this operation, besides its own refusals. */
const refusalsOf = ({ operation, method }: Entry): RefusalSpec[] => {
  const own = [...operation.refusals, door.too_many_requests, door.invalid_input]
  if (!('anyone' in operation.access)) own.push(door.sign_in_required, door.not_allowed)
  if ('assurance' in operation.access) own.push(door.confirm_again)
  if (method !== 'GET')
    own.push(door.foreign_origin, door.content_type, door.body_too_large, door.malformed_body)
  return own
}

const answers = (output: Output): Record<string, { schema: z.ZodType }> => {
  if (!('kind' in output)) return { 'application/json': { schema: output } }
  if (output.kind === 'stream') return { 'text/event-stream': { schema: output.message } }
  if (output.kind === 'headers') return {}
  return Object.fromEntries(
    output.types.map((type) => [type, { schema: z.string().meta({ format: 'binary' }) }]),
  )
}

const headersOf = (output: Output): { headers?: Record<string, z.ZodType> } =>
  'kind' in output && output.kind === 'headers'
    ? { headers: Object.fromEntries(output.names.map((name) => [name, z.string().optional()])) }
    : {}

const responsesOf = (entry: Entry): ZodOpenApiResponsesObject => {
  const byStatus = Map.groupBy(refusalsOf(entry), (refusal) => refusal.status)
  const refused = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, list]) => [
      String(status),
      {
        description: list.map((refusal) => `\`${refusal.code}\`: ${refusal.title}`).join('\n\n'),
        content: { 'application/problem+json': { schema: Problem } },
      },
    ])
  return {
    '200': {
      description: entry.operation.summary,
      ...headersOf(entry.operation.output),
      content: answers(entry.operation.output),
    },
    ...Object.fromEntries(refused),
  } as ZodOpenApiResponsesObject
}

const bodyOf = ({
  operation,
  method,
  pathNames,
}: Entry): ZodOpenApiOperationObject['requestBody'] => {
  if (operation.upload) {
    const content = operation.upload.types.map((type) => [
      type,
      { schema: z.string().meta({ format: 'binary' }) },
    ])
    return { required: true, content: Object.fromEntries(content) }
  }
  const fields = Object.keys(operation.input.shape).filter((name) => !pathNames.includes(name))
  if (method === 'GET' || method === 'DELETE' || fields.length === 0) return undefined
  const schema = operation.input
    .pick(Object.fromEntries(fields.map((name) => [name, true])) as never)
    .strict()
  return { required: true, content: { 'application/json': { schema } } }
}

const pick = (operation: OperationSpec, names: readonly string[]): z.ZodObject =>
  operation.input.pick(Object.fromEntries(names.map((name) => [name, true])) as never)

const operationObject = (entry: Entry): ZodOpenApiOperationObject => {
  const { operation, method, pathNames } = entry
  const takesQuery = method === 'GET' || method === 'DELETE' || operation.upload !== undefined
  const queryNames = takesQuery
    ? Object.keys(operation.input.shape).filter((name) => !pathNames.includes(name))
    : []
  const body = bodyOf(entry)
  return {
    operationId: operation.name,
    summary: operation.summary,
    tags: [entry.module],
    security: 'anyone' in operation.access ? [{}] : [{ session: [] }],
    requestParams: {
      ...(pathNames.length > 0 ? { path: pick(operation, pathNames) } : {}),
      ...(queryNames.length > 0 ? { query: pick(operation, queryNames) } : {}),
    },
    ...(body ? { requestBody: body } : {}),
    responses: responsesOf(entry),
  }
}

/** OpenAPI 3.1, read off the contracts. Written once and kept: the contracts do not change while the process lives. */
export const openApiDocument = (
  registry: Registry,
  publicUrl: string,
  sessionCookieName: string,
): object => {
  const paths: ZodOpenApiPathsObject = {}
  for (const entry of registry.entries) {
    paths[entry.path] = {
      ...paths[entry.path],
      [entry.method.toLowerCase()]: operationObject(entry),
    }
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Latchkey',
      version: '1',
      description: 'The account and security centre: everything its pages do.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    tags: registry.modules
      .filter((module) => module.operations?.length)
      .map((module) => ({ name: module.name, description: module.summary })),
    paths,
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookieName,
          description: 'A browser session. Changes also carry X-CSRF-Token.',
        },
      },
    },
  })
}
