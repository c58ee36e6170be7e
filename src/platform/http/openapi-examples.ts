/** As much of JSON Schema 2020-12 as contracts are made of. */
export type Schema = {
  readonly type?: string | readonly string[]
  readonly description?: string
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

const moment = '2026-11-23T09:30:00.000Z'
const id = '01k9w4z0v5t6r7q8p9n0m1k2j3'

/** What people would write there. Addresses and names are those set aside for examples (RFC 2606, RFC 5737). */
const byName: Readonly<Record<string, unknown>> = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  organisationName: 'Example Ltd',
  jobTitle: 'Engineer',
  phone: '+41 44 668 18 00',
  website: 'https://example.com',
  role: 'member',
  userId: `usr_${id}`,
  sessionId: `ses_${id}`,
  passkeyId: `psk_${id}`,
  authenticatorId: `otp_${id}`,
  setupId: `otp_${id}`,
  browser: 'Firefox',
  browserVersion: '144.0',
  operatingSystem: 'Windows',
  operatingSystemVersion: '11',
  address: '203.0.113.7',
  countryCode: 'CH',
  city: 'Zurich',
  locale: 'en',
  method: 'password',
  methods: ['password'],
  password: 'violet-kettle-93-harbour',
  currentPassword: 'violet-kettle-93-harbour',
  newPassword: 'amber-lantern-58-meadow',
  proof: 'violet-kettle-93-harbour',
  code: '492817',
  token: 'c2VjcmV0LWZyb20tdGhlLWxpbmstaW4tdGhlLW1haWw',
  recoveryCodes: ['1-7f3k-9mq2-x4wt-8hzp'],
  secret: 'JBSWY3DPEHPK3PXP',
  uri: 'otpauth://totp/Example:ada@example.com?secret=JBSWY3DPEHPK3PXP',
  pictureUrl: `/api/v1/people/usr_${id}/picture`,
}

const general = [
  'text',
  moment,
  '492817',
  `usr_${id}`,
  'ada@example.com',
  'https://example.com',
  'c2VjcmV0LWZyb20tdGhlLWxpbmstaW4tdGhlLW1haWw',
]

const fits = ({ pattern, minLength = 0, maxLength = Infinity }: Schema, text: string): boolean =>
  text.length >= minLength &&
  text.length <= maxLength &&
  (pattern === undefined || new RegExp(pattern, 'u').test(text))

const textFor = (schema: Schema, name: string): string => {
  if (schema.format === 'date-time') return moment
  const own = byName[name]
  const candidates = typeof own === 'string' ? [own, ...general] : general
  return candidates.find((text) => fits(schema, text)) ?? 'text'
}

const typeOf = ({ type }: Schema): string | undefined =>
  typeof type === 'string' ? type : type?.find((one) => one !== 'null')

const plain = (schema: Schema, name: string): unknown => {
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, inner]) => [key, exampleOf(inner, key)]),
      )
    case 'array':
      return Array.from({ length: schema.minItems || 1 }, () =>
        exampleOf(schema.items ?? {}, name.replace(/s$/, '')),
      )
    case 'string':
      return textFor(schema, name)
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1)
    case 'boolean':
      return true
    default:
      return schema.type === 'null' ? null : 'text'
  }
}

/** A value the schema takes, as close to a real one as its name allows. */
export const exampleOf = (schema: Schema, name = ''): unknown => {
  if ('const' in schema) return schema.const
  if (schema.enum) return schema.enum.find((one) => one === byName[name]) ?? schema.enum[0]
  if (schema.default !== undefined) return schema.default
  const choice = (schema.anyOf ?? schema.oneOf)?.find((one) => one.type !== 'null')
  if (choice) return exampleOf(choice, name)
  const own = byName[name]
  if (Array.isArray(own) && typeOf(schema) === 'array') return own
  return plain(schema, name)
}

const meanings: Readonly<Record<string, string>> = {
  after: 'Where the page before ended: its `next`. Absent: from the beginning.',
  before: 'Where the page before ended: its `next`. Absent: from the latest.',
  limit: 'How many at most.',
  userId: 'Id of the person.',
}

/** `sessionId` → "Id of the session." */
const meaningOf = ({ description }: Schema, name: string): string => {
  if (description) return description
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  const known = meanings[name]
  if (known) return known
  return words.endsWith(' id') ? `Id of the ${words.slice(0, -3)}.` : `The ${words}.`
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

const addTo = (content: Content | undefined): void => {
  const json = content?.['application/json']
  if (json) json.example = exampleOf(json.schema)
}

/** Puts an example beside every parameter, body and answer of a finished document, and says what a parameter means. */
export const addExamples = (paths: object): void => {
  for (const operation of Object.values(paths).flatMap(Object.values) as Operation[]) {
    for (const parameter of operation.parameters ?? [])
      if (parameter.name) {
        parameter.description = meaningOf(parameter.schema, parameter.name)
        parameter.example = exampleOf(parameter.schema, parameter.name)
      }
    addTo(operation.requestBody?.content)
    for (const response of Object.values(operation.responses)) addTo(response.content)
  }
}
