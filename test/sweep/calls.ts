import assert from 'node:assert/strict'
import type { z } from 'zod'
import type { Entry } from '#platform/operations/registry.ts'
import type { TestApp } from '#test/harness/app.ts'
import type { Answer, Browser } from '#test/harness/client.ts'
import { fromElsewhere, type Scene } from '#test/harness/scene.ts'
import { loadFixtures } from './module-fixtures.ts'

export const entriesOf = ({ app }: Pick<Scene, 'app'>): readonly Entry[] =>
  app.app.runtime.registry.entries

export const isOpen = ({ operation }: Entry): boolean => 'anyone' in operation.access
export const isStream = ({ operation }: Entry): boolean =>
  'kind' in operation.output && operation.output.kind === 'stream'
/** Its input beside the path comes as one JSON object. */
export const takesBody = ({ operation, method }: Entry): boolean =>
  method !== 'GET' && method !== 'DELETE' && operation.upload === undefined
export const needsConfirmation = ({ operation }: Entry): boolean =>
  'assurance' in operation.access && operation.access.assurance === 'recently-confirmed'

type Fields = Readonly<Record<string, z.ZodType>>
/** What is given beside the path. */
export const fieldsOf = ({ operation, pathNames }: Entry): Fields =>
  Object.fromEntries(
    Object.entries(operation.input.shape as Fields).filter(([name]) => !pathNames.includes(name)),
  )

const candidates = [
  'sample-value-of-24-letters',
  'somebody@example.com',
  'member',
  '123456',
  'https://example.com/',
  true,
  1,
  ['sample'],
  {},
]

/** Something the field takes; the operation may well refuse it later. */
export const sampleOf = (schema: z.ZodType): unknown => {
  const fit = candidates.find((value) => schema.safeParse(value).success)
  // Built by hand only where none fits: an object with required members.
  return fit ?? (schema.safeParse(undefined).success ? undefined : {})
}

export const sampleInput = (entry: Entry): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fieldsOf(entry)).map(([name, field]) => [name, sampleOf(field)]),
  )

export type Given = {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: string
  /** Sent as it is; an object is sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export const madeUpId = 'zzz_00000000000000000000000000'

const textOf = (body: unknown): string | Uint8Array =>
  typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)

/** Calls one operation as its page would, from an address of its own, with what is given in place of what is right. */
export const call = (browser: Browser, entry: Entry, given: Given = {}): Promise<Answer> => {
  const path = entry.path.replace(/\{(\w+)\}/g, (_, name: string) => given.path?.[name] ?? madeUpId)
  const type = entry.operation.upload?.types[0] ?? 'application/json'
  const hasBody = takesBody(entry) || entry.operation.upload !== undefined
  return browser.fetch({
    method: entry.method,
    path: given.query === undefined ? path : `${path}?${given.query}`,
    headers: { ...fromElsewhere(), ...(hasBody ? { 'content-type': type } : {}), ...given.headers },
    ...(hasBody ? { body: textOf(given.body ?? {}) } : {}),
  })
}

/** An hour later every limit is open again. All who are signed in count as confirmed at that moment. */
export const letAnHourPass = async ({ app }: Pick<Scene, 'app'>): Promise<void> => {
  app.clock.advance(61 * 60_000)
  const all = await loadFixtures(app.app.runtime.registry.modules)
  for (const { renew } of all.values()) await renew?.(app.db, app.clock.now())
}

/** Nothing in the log says that a request ended in a fault. */
export const assertNoFaults = (app: TestApp): void => {
  const faults = app.logLines.filter(
    (line) => line.includes('a request failed') || line.includes('event stream failed'),
  )
  assert.deepEqual(faults, [])
}

export const assertNotFault = (answer: Answer, what: string): void =>
  assert.ok(answer.status < 500, `${what} answered ${answer.status}: ${answer.text.slice(0, 300)}`)

/** Refusal without what differs from one request to the next. */
export const bare = ({ status, body }: Answer): object => ({ status, ...body, instance: null })
