import { type Context, command, Refusal, type System } from '@latchkey/kit'
import { z } from 'zod'
import {
  findOnlyOrganisation,
  findPersonByEmail,
  type PersonTables,
  requireEmail,
} from '#modules/person/api.ts'
import { Name, Role, refusals } from '#modules/person/contract.ts'
import { prepareSetup } from '#modules/sign-in/api.ts'
import { pages as signInPages } from '#modules/sign-in/contract.ts'
import { iso, isoOrNull } from '#platform/clock/moment.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { pageOf } from '#platform/paging/page.ts'
import { decodeCursor, disable, enable, encodeCursor } from './rules.ts'
import { invite, inviteDays } from './send-invitation.ts'
import { listPeople } from './store.ts'

type Row = PersonTables['people']

const pageMax = 500

const described = (row: Row) => ({
  userId: row.id,
  name: row.name,
  email: row.email,
  username: row.username,
  role: row.role,
  jobTitle: row.job_title,
  createdAt: iso(row.created_at),
  disabledAt: isoOrNull(row.disabled_at),
})

const lineOf = (row: Row): string =>
  [row.email, row.role, row.name, ...(row.disabled_at === null ? [] : ['(disabled)'])].join('  ')

const list = command({
  name: 'user list',
  summary: 'Everybody who has an account, by name',
  about: [
    'One line a person: address, role, name. With --json all that is known of them but their secrets, which nothing can show.',
    'A page ends with the words to ask for the next one. --all goes on to the end by itself.',
  ],
  options: {
    limit: { summary: `How many, 1 to ${pageMax}. Without it 50.`, value: 'number' },
    after: { summary: 'Goes on where an earlier page ended.', value: 'cursor' },
    all: { summary: 'Every page, one after the other.' },
  },
  examples: ['user list', 'user list --limit 10', 'user list --all --json'],
  input: z.object({
    limit: z.coerce.number().int().min(1).max(pageMax).default(50),
    after: z.string().max(300).optional(),
    all: z.boolean().default(false),
  }),
  run: async (ctx, { limit, after, all }) => {
    const organisation = await findOnlyOrganisation(ctx.db)
    if (!organisation)
      return { data: { people: [], next: null }, text: ['Nobody has an account yet.'] }
    const people: Row[] = []
    let next: string | null = after ?? null
    do {
      const rows = await listPeople(ctx.db, {
        organisationId: organisation.id,
        after: decodeCursor(next ?? undefined),
        limit,
      })
      const part = pageOf(rows, limit, encodeCursor)
      people.push(...part.page)
      next = part.next
    } while (all && next !== null)
    const more = next ? ['', `More: latchkey user list --limit ${limit} --after ${next}`] : []
    return {
      data: { people: people.map(described), next },
      text: [...people.map(lineOf), ...more],
    }
  },
})

const requirePerson = async (ctx: Context<System>, typed: string): Promise<Row> => {
  const person = await findPersonByEmail(ctx.db, requireEmail(typed))
  if (!person) throw new Refusal(refusals.not_found)
  return person
}

const whom = [{ name: 'email', summary: 'Address of the person, as they sign in with it.' }]
const OnePerson = z.object({ email: z.string().min(3).max(254) })

const disableOne = command({
  name: 'user disable',
  summary: 'Lock an account: its sessions end at once and it cannot sign in',
  about: [
    'The same as in the page People: open pages of this person go to the sign-in page by themselves, a sign-in that waits for its second step ends, and nothing of theirs is deleted. latchkey user enable takes it back.',
    'The last owner is refused: an installation that nobody can manage cannot be repaired from inside.',
  ],
  arguments: whom,
  examples: ['user disable bob@example.com'],
  input: OnePerson,
  run: async (ctx, { email }) => {
    const person = await requirePerson(ctx, email)
    await disable(ctx, { userId: person.id })
    const wasDisabled = person.disabled_at !== null
    return {
      data: { userId: person.id, email: person.email, wasDisabled },
      text: [
        wasDisabled
          ? `${person.email} was disabled already.`
          : `${person.email} is disabled. Their sessions have ended.`,
      ],
    }
  },
})

const enableOne = command({
  name: 'user enable',
  summary: 'Let a disabled account sign in again',
  about: ['Password, second factors and passkeys are as they were. Ended sessions stay ended.'],
  arguments: whom,
  examples: ['user enable bob@example.com'],
  input: OnePerson,
  run: async (ctx, { email }) => {
    const person = await requirePerson(ctx, email)
    await enable(ctx, { userId: person.id })
    const wasDisabled = person.disabled_at !== null
    return {
      data: { userId: person.id, email: person.email, wasDisabled },
      text: [
        wasDisabled ? `${person.email} can sign in again.` : `${person.email} was not disabled.`,
      ],
    }
  },
})

const setupLink = async (ctx: Context<System>): Promise<string> =>
  publicLink(ctx.config, signInPages.setup, {
    name: 'code',
    value: (await prepareSetup(ctx)) ?? '',
  })

const firstAccount = async (ctx: Context<System>) => {
  const link = await setupLink(ctx)
  return {
    data: { setupLink: link },
    text: [
      'Nobody has an account yet, so the first one becomes the owner. They create it here, together with the organisation:',
      `  ${link}`,
      'The link works once. Links that were printed earlier stopped working.',
    ],
  }
}

const create = command({
  name: 'user create',
  summary: 'Let somebody join: print a one-time link, or mail it with --invite',
  about: [
    `The link works once and for ${inviteDays} days. Whoever opens it chooses name and password themselves, and only then there is an account: nobody else ever sets or sees a password.`,
    'Without --invite the link is printed, for you to hand over; whoever has it can use it. With --invite it is mailed to the address and not printed; the mail leaves as soon as the server runs.',
    'In an installation without any account it prints the link that creates the organisation and its owner.',
  ],
  options: {
    email: { summary: 'Address they will sign in with. Required.', value: 'address' },
    name: { summary: 'Suggested to them; they may change it.', value: 'name' },
    role: { summary: 'owner, admin, member or viewer. Without it member.', value: 'role' },
    invite: { summary: 'Mail the link instead of printing it.' },
  },
  examples: [
    'user create --email bob@example.com --invite',
    'user create --email ada@example.com --name "Ada Lovelace" --role admin',
  ],
  input: z.object({
    email: z.string().min(3).max(254),
    name: Name.optional(),
    role: Role.default('member'),
    invite: z.boolean().default(false),
  }),
  run: async (ctx, input) => {
    const organisation = await findOnlyOrganisation(ctx.db)
    if (!organisation) return firstAccount(ctx)
    const email = requireEmail(input.email)
    const { link, expiresAt } = await invite(ctx, {
      ...{ email, role: input.role, name: input.name, organisation },
      by: input.invite ? { mail: { text: 'people:invitationByOperator', values: {} } } : 'link',
    })
    const until = iso(expiresAt)
    const known = { email, role: input.role, expiresAt: until }
    return input.invite
      ? {
          data: { ...known, mailed: true },
          text: [`An invitation is on its way to ${email}. It works once, until ${until}.`],
        }
      : {
          data: { ...known, mailed: false, link },
          text: [`${email} can join here, once, until ${until}:`, `  ${link}`],
        }
  },
})

export const commands = [list, create, disableOne, enableOne]
