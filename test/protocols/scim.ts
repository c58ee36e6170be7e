import {
  answer,
  defineModule,
  defineRefusals,
  type Exchange,
  event,
  type OperationSpec,
  operation,
  type Protocol,
  Refusal,
} from '@latchkey/kit'
import { z } from 'zod'
import { json } from '#platform/http/protocols/json.ts'
import { readJson } from '#platform/http/request/body.ts'
import { problemReply } from '#platform/http/response/problem.ts'

const media = 'application/scim+json'
const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'
export const clientKey = 'tcl_theonlyone'
const clientPrefix = 'tcl_'

const refusals = defineRefusals({
  taken: {
    code: 'scim.taken',
    status: 409,
    title: 'There is such a user already.',
    help: 'Choose another userName.',
  },
  unknown: {
    code: 'scim.unknown',
    status: 404,
    title: 'There is no such user.',
    help: 'List the users.',
  },
})

/** RFC 7644 §3.12. */
const errorOf = ({ code, status, title }: { code: string; status: number; title: string }) => ({
  schemas: [errorSchema],
  status: String(status),
  ...(code === refusals.taken.code ? { scimType: 'uniqueness' } : {}),
  detail: title,
})

const locationOf = ({ origin, operation }: Exchange, output: unknown): string =>
  `${origin}${operation.rest.split(' ')[1]}/${(output as { id: string }).id}`

const methodOf = ({ rest }: OperationSpec): string => rest.split(' ')[0] ?? ''

/** RFC 7644: a media type of its own, 201 with Location (§3.3), 204 for a deletion (§3.6), its error shape (§3.12). */
const scim: Protocol = {
  ...json,
  id: 'scim',
  unknownFields: 'ignored',
  tellsCsrfToken: false,
  read: async (exchange) => {
    const { request, takesQuery } = exchange
    if (takesQuery) return json.read(exchange)
    const body = await readJson(request, [media, 'application/json'])
    return { input: { ...body, ...request.pathParameters } }
  },
  write: (exchange, output) => {
    const method = methodOf(exchange.operation)
    if (method === 'DELETE') return { status: 204, headers: {}, body: null }
    const body = JSON.stringify(output)
    if (method !== 'POST') return { status: 200, headers: { 'content-type': media }, body }
    const location = locationOf(exchange, output)
    return { status: 201, headers: { 'content-type': media, location }, body }
  },
  refuse: (_exchange, problem) => ({
    status: problem.status,
    headers: { ...problemReply(problem).headers, 'content-type': media },
    body: JSON.stringify(errorOf(problem)),
  }),
  document: {
    body: (fields) => ({ [media]: fields }),
    answers: (operation) => {
      const { output, summary } = operation
      if (methodOf(operation) === 'DELETE') return { 204: { description: summary } }
      const content = { [media]: output as z.ZodType }
      if (methodOf(operation) !== 'POST') return { 200: { description: summary, content } }
      const location = { description: 'Address of the user.', schema: { type: 'string' } }
      return { 201: { description: summary, content, headers: { Location: location } } }
    },
    refusal: {
      mediaType: media,
      schema: z.object({
        schemas: z.array(z.string()),
        status: z.string(),
        scimType: z.string().optional(),
        detail: z.string().optional(),
      }),
      example: errorOf,
    },
  },
}

const User = z.object({ id: z.string(), userName: z.string() })
const access = { client: true, scope: 'scim' } as const

const operations = {
  create: operation({
    name: 'scim.create',
    summary: 'Create a user',
    access,
    input: z.object({ userName: z.string().min(1).max(100) }),
    output: User,
    refusals: [refusals.taken],
    rest: 'POST /scim/v2/Users',
    speaks: 'scim',
  }),
  find: operation({
    name: 'scim.find',
    summary: 'Find a user',
    access,
    input: z.object({ id: z.string() }),
    output: User,
    refusals: [refusals.unknown],
    rest: 'GET /scim/v2/Users/{id}',
    speaks: 'scim',
  }),
  remove: operation({
    name: 'scim.remove',
    summary: 'Remove a user',
    access,
    input: z.object({ id: z.string() }),
    output: z.object({}),
    refusals: [refusals.unknown],
    rest: 'DELETE /scim/v2/Users/{id}',
    speaks: 'scim',
  }),
}

const created = event({
  name: 'scim-user.created',
  code: 'scim.user:created',
  summary: 'A user was created by another system',
  data: z.object({ userName: z.string() }),
  group: 'people',
  icon: 'person',
})

export const scimModule = (): ReturnType<typeof defineModule> => {
  const users = new Map<string, { readonly id: string; readonly userName: string }>()
  const known = (id: string) => {
    const user = users.get(id)
    if (!user) throw new Refusal(refusals.unknown)
    return user
  }
  return defineModule({
    name: 'scim',
    summary: 'Users, as another system keeps them',
    refusals,
    events: [created],
    scopes: [{ id: 'scim', label: 'Provisioning', allows: 'keep users' }],
    protocols: [scim],
    authenticators: [
      {
        carriers: ['bearer'],
        prefix: clientPrefix,
        find: async ({ now }, { value }) =>
          value.startsWith(clientKey)
            ? {
                kind: 'client',
                clientId: 'cli_directory',
                name: 'Directory',
                organisation: { id: 'org_1', name: 'Acme' },
                scopes: new Set(value === clientKey ? ['scim'] : []),
                credentialId: 'cls_1',
                expiresAt: now + 60_000,
              }
            : null,
      },
    ],
    operations: answer(operations, {
      create: async (ctx, { userName }) => {
        if ([...users.values()].some((user) => user.userName === userName))
          throw new Refusal(refusals.taken)
        const user = { id: ctx.random.id('scu'), userName }
        users.set(user.id, user)
        // A user of this product: the act stands in their own trail.
        const about = userName.startsWith('usr_') ? { userId: userName } : {}
        await ctx.announce(created, { userName }, { target: user.id, ...about })
        return user
      },
      find: async (_ctx, { id }) => known(id),
      remove: async (_ctx, { id }) => {
        users.delete(known(id).id)
        return {}
      },
    }),
  })
}
