import { type Context, command, type System } from '@latchkey/kit'
import { z } from 'zod'
import {
  findOnlyOrganisation,
  inviteDays,
  inviteSomebody,
  requireEmail,
} from '#modules/people/api.ts'
import { Name, Role } from '#modules/people/contract.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { pages } from './contract.ts'
import { prepareSetup } from './setup.ts'

const setupLink = async (ctx: Context<System>): Promise<string> =>
  publicLink(ctx.config, pages.setup, { name: 'code', value: (await prepareSetup(ctx)) ?? '' })

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
    const { link, expiresAt } = await inviteSomebody(ctx, {
      ...{ email, role: input.role, name: input.name, organisation },
      by: input.invite ? { mail: { text: 'people:invitationByOperator', values: {} } } : 'link',
    })
    const until = new Date(expiresAt).toISOString()
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

export const commands = [create]
