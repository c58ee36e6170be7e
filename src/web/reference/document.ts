/** As much of the OpenAPI document as the page shows. Made by `platform/http/openapi/document.ts`. */
export type Schema = {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

export type Parameter = {
  readonly $ref?: string
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly description?: string
  readonly schema: Schema
  readonly example?: unknown
}

type Media = {
  readonly schema: Schema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, unknown>>
}
export type Content = Readonly<Record<string, Media>>

/** What no field of OpenAPI has a place for. */
export type Access = {
  readonly because?: string
  readonly permission?: string
  readonly scope?: string | null
  readonly confirmed?: boolean
  readonly limit?: {
    readonly per: 'person' | 'address'
    readonly max: number
    readonly windowSeconds: number
  }
  readonly idempotency?: 'required'
  readonly shownOnce?: readonly string[]
}

type Said = {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
  readonly 'x-latchkey': Access
}

export type OpenApi = {
  readonly info: { readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Said>>>>
  readonly components: {
    readonly examples: Readonly<
      Record<
        string,
        {
          readonly summary: string
          readonly description: string
          readonly value: { readonly status: number }
        }
      >
    >
    readonly securitySchemes: { readonly session: { readonly name: string } }
  }
}

export type Refusal = {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly help: string
}

export type Operation = {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly group: string
  readonly summary: string
  readonly access: Access
  readonly parameters: readonly Parameter[]
  readonly takesKey: boolean
  readonly body: Content | null
  readonly answer: Content
  readonly refusals: readonly Refusal[]
  /** Everything it can be found by, in small letters. */
  readonly words: string
}

export type Reference = {
  readonly version: string
  readonly about: string
  readonly origin: string
  readonly cookie: string
  readonly groups: readonly { readonly name: string; readonly about: string }[]
  readonly operations: readonly Operation[]
}

const keyReference = '#/components/parameters/IdempotencyKey'

const refusalsOf = ({ responses }: Said, { components }: OpenApi): Refusal[] =>
  Object.values(responses)
    .flatMap(({ content }) => Object.keys(content?.['application/problem+json']?.examples ?? {}))
    .flatMap((code): Refusal[] => {
      const found = components.examples[code]
      if (!found) return []
      const { summary, description, value } = found
      return [{ code, status: value.status, title: summary, help: description }]
    })

const operationOf = (
  said: Said,
  { method, path, document }: { method: string; path: string; document: OpenApi },
): Operation => {
  const access = said['x-latchkey']
  const refusals = refusalsOf(said, document)
  const parameters = said.parameters ?? []
  const words = [said.operationId, said.summary, method, path, access.permission, access.scope]
  return {
    id: said.operationId,
    method: method.toUpperCase(),
    path,
    group: said.tags[0] ?? '',
    summary: said.summary,
    access,
    parameters: parameters.filter((one) => one.$ref === undefined),
    takesKey: parameters.some((one) => one.$ref?.startsWith(keyReference)),
    body: said.requestBody?.content ?? null,
    answer: said.responses['200']?.content ?? {},
    refusals,
    words: [...words, ...refusals.map(({ code }) => code)].join(' ').toLowerCase(),
  }
}

export const readReference = (document: OpenApi): Reference => ({
  version: document.info.version,
  about: document.info.description,
  origin: document.servers[0]?.url ?? '',
  cookie: document.components.securitySchemes.session.name,
  groups: document.tags.map(({ name, description }) => ({ name, about: description })),
  operations: Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, said]) => operationOf(said, { method, path, document })),
  ),
})

/** Every word has to be there, in any order. */
export const findOperations = (
  operations: readonly Operation[],
  typed: string,
): readonly Operation[] => {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return operations.filter(({ words }) => wanted.every((word) => words.includes(word)))
}
