import { type Context, command, type System } from '@latchkey/kit'
import { z } from 'zod'
import { relyingParty } from './ceremony.ts'
import { lookAtRetiring, type Outcome, retire } from './retire.ts'
import { listRpIds } from './store.ts'

const many = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`

const linesOf = (host: string, found: Outcome): string[] => [
  `${many(found.passkeys, 'passkey', 'passkeys')} of ${host}, of ${many(found.people, 'person', 'people')}.`,
  ...(found.withoutSecondFactor > 0
    ? [`With the password alone afterwards: ${found.withoutSecondFactor} of them.`]
    : []),
  ...(found.withoutWayIn > 0
    ? [`Without another way to sign in: ${found.withoutWayIn} of them.`]
    : []),
]

/** A host whose passkeys work here, or that has none, is most likely a typing error. */
const objection = async (ctx: Context<System>, host: string): Promise<string | null> => {
  if (host === relyingParty(ctx).rpId)
    return `LATCHKEY_PUBLIC_URL says ${host}: its passkeys work. Set the new address first.`
  const stored = await listRpIds(ctx.db)
  if (stored.includes(host)) return null
  const others = stored.length > 0 ? ` There are passkeys of ${stored.join(', ')}.` : ''
  return `There is no passkey of ${host}.${others}`
}

type Input = {
  readonly host: string
  readonly check: boolean
  readonly evenTheLast: boolean
}

const run = async (ctx: Context<System>, { host, check, evenTheLast }: Input) => {
  const no = await objection(ctx, host)
  if (no) return { data: { removed: false, reason: no }, text: [no], hasProblem: true }
  const found = await lookAtRetiring(ctx, host)
  const told = { host, ...found }
  if (check)
    return {
      data: { removed: false, ...told },
      text: [...linesOf(host, found), 'Nothing was changed.'],
    }
  if (found.withoutWayIn > 0 && !evenTheLast)
    return {
      data: { removed: false, ...told },
      text: [
        ...linesOf(host, found),
        'Nothing was changed. With --even-the-last they are removed all the same; an operator then helps those people back in from the page People.',
      ],
      hasProblem: true,
    }
  const done = await retire(ctx, host)
  return {
    data: { removed: true, host, ...done },
    text: [...linesOf(host, done), 'They are removed, and their people are told by mail.'],
  }
}

const retirePasskeys = command({
  name: 'passkeys retire',
  summary: 'Remove the passkeys of a host nobody can reach any more',
  about: [
    'A passkey belongs to the host it was made at, for good. While there are some of another host than LATCHKEY_PUBLIC_URL names, the server does not start. When the old host cannot come back, this is the way on.',
    'Each person is told by mail and adds new passkeys after signing in another way. It cannot be taken back: with the old address set again, the server would let them sign in with what they have now.',
    'It is refused when somebody would be left with no way to sign in. --check only says how many passkeys and people it is about.',
  ],
  options: {
    host: { summary: 'The host that is gone, as the start names it.', value: 'host' },
    check: { summary: 'Only look; nothing is changed.' },
    'even-the-last': { summary: 'Also where it is the only way somebody has to sign in.' },
  },
  examples: [
    'passkeys retire --host old.example.com --check',
    'passkeys retire --host old.example.com',
  ],
  input: z.object({
    host: z.string().trim().toLowerCase().min(1).max(253),
    check: z.boolean().default(false),
    evenTheLast: z.boolean().default(false),
  }),
  run,
})

export const commands = [retirePasskeys]
