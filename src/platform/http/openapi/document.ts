import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi'
import { problemType } from '#platform/operations/problem.ts'
import type { Registry } from '#platform/operations/registry.ts'
import { fault } from '#platform/refusals.ts'
import { endpointsOf, protocolsOf } from '../endpoint.ts'
import { addExamples } from './examples.ts'
import { headers } from './headers.ts'
import { operationObject, refusalsOf } from './operation.ts'

const about = `Everything the pages of this installation do, a program can do too, as far as the person it acts for may.

**Credentials.** A key goes into \`Authorization\`: as a bearer token, or as Basic with the e-mail address of its owner. A request shows one credential, never two, and never in the address. Operations that name no scope are for the browser only.

**Refusals** are problem documents (RFC 9457). Compare \`code\`, which never changes; show \`title\`; \`help\` says what to do, \`fields\` which input it is about; give \`instance\` to the operator.

**Limits** are told in \`RateLimit\` and \`RateLimit-Policy\`; after 429 and 503 wait \`Retry-After\` seconds.

**Repeating.** Send a fresh \`Idempotency-Key\` with every POST and the same one when you repeat it: it has one effect, and you get the first answer again. Kept for 24 hours, the last 1000 of a person. Operations that are open to anyone ignore it.

**Lists** come in pages: pass \`next\` of one answer as \`after\` of the next call (\`before\` in the trail), until it is null.`

const requestId = 'req_01k9w4z0v5t6r7q8p9n0m1k2j3'
const keyParameter = (required: boolean) => ({
  name: 'Idempotency-Key',
  in: 'header' as const,
  required,
  description:
    'A quoted text of 1 to 255 characters, best a fresh UUID; the same one when the call is repeated.',
  schema: { type: 'string' as const, pattern: '^".+"$' },
  example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
})

const problemExamples = ({ entries }: Registry) => {
  const met = new Map(entries.flatMap(refusalsOf).map((refusal) => [refusal.code, refusal]))
  return Object.fromEntries(
    [...met.values(), fault].map(({ code, status, title, help }) => [
      code,
      {
        summary: title,
        description: help,
        value: { type: problemType(code), title, status, code, help, instance: requestId },
      },
    ]),
  )
}

const securitySchemes = (sessionCookieName: string) => ({
  session: {
    type: 'apiKey' as const,
    in: 'cookie' as const,
    name: sessionCookieName,
    description: 'A browser session. Changes also carry X-CSRF-Token.',
  },
  bearer: {
    type: 'http' as const,
    scheme: 'bearer',
    description: 'An access token or API key of a person, with the scopes it was granted.',
  },
  basic: {
    type: 'http' as const,
    scheme: 'basic',
    description: 'The e-mail address of a person, and their API key as the password.',
  },
})

export type Published = {
  /** Origin of the installation. */
  readonly publicUrl: string
  readonly sessionCookieName: string
  /** Epoch milliseconds from which the examples count. */
  readonly now: number
}

/** The OpenAPI 3.1 document, derived from the contracts. */
export const openApiDocument = (
  registry: Registry,
  { publicUrl, sessionCookieName, now }: Published,
): object => {
  const paths: ZodOpenApiPathsObject = {}
  const endpoints = endpointsOf(registry)
  for (const endpoint of endpoints) {
    const { entry } = endpoint
    paths[entry.path] = {
      ...paths[entry.path],
      [entry.method.toLowerCase()]: operationObject(endpoint),
    }
  }
  const document = createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Latchkey',
      version: '1',
      summary: 'The account and security centre: everything its pages do.',
      description: about,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl, description: 'This installation' }],
    tags: registry.modules
      .filter((module) => module.operations?.length)
      .map((module) => ({ name: module.name, description: module.summary })),
    paths,
    components: {
      headers: Object.assign(
        { ...headers },
        ...protocolsOf(registry).map(({ document }) => document.components),
      ),
      parameters: {
        IdempotencyKey: keyParameter(false),
        IdempotencyKeyRequired: keyParameter(true),
      },
      examples: problemExamples(registry),
      securitySchemes: securitySchemes(sessionCookieName),
    },
  } as Parameters<typeof createDocument>[0])
  addExamples(document.paths ?? {}, now)
  return document
}
