import { dayMs } from '#platform/clock/moment.ts'

/** The part of JSON Schema 2020-12 that contracts use. */
export type Schema = {
  readonly type?: string | readonly string[]
  description?: string
  readonly examples?: readonly unknown[]
  readonly format?: string
  readonly pattern?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly minimum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

const id = '01k9w4z0v5t6r7q8p9n0m1k2j3'

/**
 * Examples by field name, for names that mean the same everywhere. A field with a meaning of its own has `examples` in its
 * contract. Addresses and host names are reserved for examples (RFC 2606, RFC 5737).
 */
const byName: Readonly<Record<string, unknown>> = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  organisationName: 'Example Ltd',
  username: 'ada',
  jobTitle: 'Engineer',
  phone: '+41 44 668 18 00',
  website: 'https://example.com',
  role: 'member',
  userId: `usr_${id}`,
  sessionId: `ses_${id}`,
  browser: 'Firefox',
  browserVersion: '144.0',
  operatingSystem: 'Windows',
  operatingSystemVersion: '11',
  address: '203.0.113.7',
  countryCode: 'CH',
  city: 'Zurich',
  scopes: ['account:read'],
  lastUsedAddress: '203.0.113.7',
  lastUsedAgent: 'curl/8.14.1',
  after: 'MjAyNi0xMS0yM1QwOTozMDowMFo',
  next: 'MjAyNi0xMS0yM1QwOTozMDowMFo',
  password: 'violet-kettle-93-harbour',
  currentPassword: 'violet-kettle-93-harbour',
  newPassword: 'amber-lantern-58-meadow',
  token: 'c2VjcmV0LWZyb20tdGhlLWxpbmstaW4tdGhlLW1haWw',
  fingerprint: 'SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s',
  methods: ['passkey', 'totp'],
  code: '492817',
  recoveryCodes: ['1-7f3k-9mq2-x4wt-8hzp', '2-b6nd-r3vc-0pjs-5ygt'],
  secret: 'JBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Example:ada@example.com?secret=JBSWY3DPEHPK3PXP',
  pictureUrl: `/api/v1/people/usr_${id}/picture`,
}

/** Marks a field without an example. A test fails when it appears in the document. */
export const placeholder = 'text'

/** Expiry in an example lies ahead, so that a copied request is not refused because its date is over. */
const isAhead = (name: string): boolean => /^(expires|ends|ready)At$|Until$/.test(name)

/** Rounded to the day, so that the document changes once a day at most. */
const momentFor = (name: string, now: number): string => {
  const today = Math.floor(now / dayMs)
  return new Date((today + (isAhead(name) ? 90 : -3)) * dayMs + 34_200_000).toISOString()
}

type Named = { readonly name: string; readonly now: number }

const fits = ({ pattern, minLength = 0, maxLength = Infinity }: Schema, text: string): boolean =>
  text.length >= minLength &&
  text.length <= maxLength &&
  (pattern === undefined || new RegExp(pattern, 'u').test(text))

const textFor = (schema: Schema, { name, now }: Named): string => {
  if (schema.format === 'date-time') return momentFor(name, now)
  const own = byName[name]
  return typeof own === 'string' && fits(schema, own) ? own : placeholder
}

const typeOf = ({ type }: Schema): string | undefined =>
  typeof type === 'string' ? type : type?.find((one) => one !== 'null')

const plain = (schema: Schema, named: Named): unknown => {
  const { name, now } = named
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, inner]) => [
          key,
          exampleOf(inner, { name: key, now }),
        ]),
      )
    case 'array':
      return Array.from({ length: schema.minItems || 1 }, () =>
        exampleOf(schema.items ?? {}, { name: name.replace(/s$/, ''), now }),
      )
    case 'string':
      return textFor(schema, named)
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1)
    case 'boolean':
      return true
    default:
      return schema.type === 'null' ? null : placeholder
  }
}

/** A value the schema takes, as close to a real one as its contract or its name allows. */
const exampleOf = (schema: Schema, named: Named): unknown => {
  const own = byName[named.name]
  if (schema.examples) return schema.examples[0]
  if ('const' in schema) return schema.const
  if (schema.enum) return schema.enum.find((one) => one === own) ?? schema.enum[0]
  if (schema.default !== undefined) return schema.default
  const choice = (schema.anyOf ?? schema.oneOf)?.find((one) => one.type !== 'null')
  if (choice) return exampleOf(choice, named)
  if (Array.isArray(own) && typeOf(schema.items ?? {}) === 'string') return own
  return plain(schema, named)
}

const meanings: Readonly<Record<string, string>> = {
  after: 'Where the page before ended: its `next`. Absent: from the beginning.',
  before: 'Where the page before ended: its `next`. Absent: from the latest.',
  next: 'Where the next page begins; null at the end.',
  limit: 'How many at most.',
  total: 'How many there are on all pages together.',
  userId: 'Id of the person.',
}

/** `sessionId` → "Id of the session." */
const meaningOf = (name: string): string | undefined => {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return meanings[name] ?? (words.endsWith(' id') ? `Id of the ${words.slice(0, -3)}.` : undefined)
}

type Content = Readonly<Record<string, { readonly schema: Schema; example?: unknown }>>
type Parameter = {
  /** Absent in a reference, which is complete already. */
  readonly name?: string
  readonly schema: Schema
  description?: string
  example?: unknown
}
type Operation = {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

const describe = (schema: Schema): void => {
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const meaning = inner.description ?? meaningOf(name)
    if (meaning !== undefined) inner.description = meaning
    describe(inner)
  }
  for (const inner of [schema.items ?? [], schema.anyOf ?? [], schema.oneOf ?? []].flat())
    describe(inner)
}

const addTo = (content: Content | undefined, now: number): void => {
  const json = content?.['application/json']
  if (!json) return
  json.example = exampleOf(json.schema, { name: '', now })
  describe(json.schema)
}

/**
 * Adds an example to every parameter, body and answer of a finished document, and a description to the field names that
 * mean the same everywhere. `now` is in epoch milliseconds; an expiry lies 90 days after it.
 */
export const addExamples = (paths: object, now: number): void => {
  for (const operation of Object.values(paths).flatMap(Object.values) as Operation[]) {
    for (const parameter of operation.parameters ?? [])
      if (parameter.name) {
        const { name, schema } = parameter
        const meaning = schema.description ?? meaningOf(name)
        if (meaning !== undefined) parameter.description = meaning
        parameter.example = exampleOf(schema, { name, now })
      }
    addTo(operation.requestBody?.content, now)
    for (const response of Object.values(operation.responses)) addTo(response.content, now)
  }
}
