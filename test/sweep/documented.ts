import assert from 'node:assert/strict'
import { openApiDocument } from '#platform/http/openapi/document.ts'
import type { Schema } from '#platform/http/openapi/examples.ts'
import type { Entry } from '#platform/operations/registry.ts'
import { product } from './product.ts'

const { registry } = product

export type Content = { readonly schema: Schema; readonly example?: unknown }
type Media = { readonly content?: Readonly<Record<string, Content>> }
type Parameter = {
  readonly name?: string
  readonly in: string
  readonly description?: string
  readonly example?: unknown
}
type Said = {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Media
  readonly responses: Readonly<Record<string, Media>>
}
export type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Said>>>> }

export const documentAt = (now: number): Document =>
  JSON.parse(
    JSON.stringify(
      openApiDocument(registry, {
        publicUrl: 'https://account.acme.test',
        sessionCookieName: 'c',
        now,
      }),
    ),
  )
export const today = documentAt(Date.now())
export const saidOf = ({ method, path }: Entry, { paths } = today): Said => {
  const said = paths[path]?.[method.toLowerCase()]
  assert.ok(said, path)
  return said
}
export const bodyOf = (entry: Entry, document = today): Content | undefined =>
  saidOf(entry, document).requestBody?.content?.['application/json']

/** What the document shows as the input of an operation. */
export const inputOf = (entry: Entry, document = today): Record<string, unknown> => {
  const { parameters = [] } = saidOf(entry, document)
  const given = parameters.filter(({ name }) => name !== undefined && name !== 'Idempotency-Key')
  return {
    ...Object.fromEntries(given.map(({ name = '', example }) => [name, example])),
    ...(bodyOf(entry, document)?.example as object | undefined),
  }
}
