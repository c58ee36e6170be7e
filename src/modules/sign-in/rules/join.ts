import { type Actor, type Context, fieldRefusal, Refusal, type Rule } from '@latchkey/kit'
import { z } from 'zod'
import {
  deleteInvitationTo,
  invitationKind,
  mayJoin,
  signInSettings,
} from '#modules/invitations/api.ts'
import {
  hashPassword,
  passwordMethod,
  requireAcceptable,
  savePassword,
} from '#modules/password/api.ts'
import {
  createPerson,
  findOnlyOrganisation,
  findPersonByEmail,
  insertOrganisation,
  organisationCreated,
  requireEmail,
} from '#modules/person/api.ts'
import { Role } from '#modules/person/contract.ts'
import { openSession } from '#modules/sessions/api.ts'
import { publicLink } from '#platform/config/public-url.ts'
import { claimOnce } from '#platform/crypto/installation.ts'
import { isDuplicate } from '#platform/db/dialect.ts'
import { proofBy } from '#platform/identity/methods.ts'
import {
  consumeOneTimeToken,
  issueOneTimeToken,
  mayMailAgain,
  peekOneTimeToken,
} from '#platform/identity/one-time-token.ts'
import { type operations, pages, refusals } from '../contract.ts'
import { signUpRequested } from '../events.ts'
import { setupFact, setupKind, setupPrefix } from '../setup.ts'

type Ops = typeof operations

const joinKind = 'join'
const signUpHours = 24

/** Called in a transaction. Also deletes an invitation to the address, because the user now has an account. */
const createAccount = async (
  ctx: Context<Actor>,
  person: Parameters<typeof createPerson>[1],
  stored: Parameters<typeof savePassword>[1]['stored'],
): Promise<string> => {
  const userId = await createPerson(ctx, person)
  await deleteInvitationTo(ctx.db, person)
  await savePassword(ctx.db, { userId, stored, at: ctx.now() })
  return userId
}

/** The first account. Of any number of people finishing at once exactly one does. */
export const setUp: Rule<Ops['setUp']> = async (ctx, input) => {
  const code = input.code.trim().replace(new RegExp(`^${setupPrefix}`), '')
  if (!(await peekOneTimeToken(ctx, setupKind, code))) {
    if (await findOnlyOrganisation(ctx.db)) throw new Refusal(refusals.setup_done)
    throw fieldRefusal(refusals.setup_code, '/code')
  }
  const email = requireEmail(input.email)
  await requireAcceptable(ctx, input.password, {
    name: input.name,
    email,
    organisation: input.organisationName,
  })
  const stored = await hashPassword(ctx, input.password)
  return ctx.transaction(async (ctx) => {
    const at = ctx.now()
    const first = await claimOnce(ctx.db, { name: setupFact, value: 'done', at })
    if (!first) throw new Refusal(refusals.setup_done)
    if (!(await consumeOneTimeToken(ctx, setupKind, code))) throw new Refusal(refusals.setup_code)
    const organisationId = ctx.random.id('org')
    await insertOrganisation(ctx.db, {
      id: organisationId,
      name: input.organisationName,
      website: null,
      created_at: at,
      updated_at: at,
    })
    await ctx.announce(
      organisationCreated,
      { name: input.organisationName },
      { target: organisationId },
    )
    const person = { organisationId, email, name: input.name, role: 'owner', how: 'setup' } as const
    const userId = await createAccount(ctx, person, stored)
    return openSession(ctx, { userId, proofs: [proofBy(passwordMethod)], keepSignedIn: false })
  })
}

const requireMayJoin = (ctx: Context<Actor>, how: 'invitation' | 'sign-up'): void => {
  if (mayJoin(ctx, how)) return
  const { signUp } = ctx.config.read(signInSettings)
  throw new Refusal(signUp === 'closed' ? refusals.closed : refusals.sign_up_closed)
}

/** The answer is the same whether the address is new, taken, or has been mailed too often. */
export const signUp: Rule<Ops['signUp']> = async (ctx, input) => {
  requireMayJoin(ctx, 'sign-up')
  const email = requireEmail(input.email)
  const organisation = await findOnlyOrganisation(ctx.db)
  const known = await findPersonByEmail(ctx.db, email)
  await ctx.transaction(async (ctx) => {
    const about = { userId: known?.id ?? null }
    if (!organisation || !(await mayMailAgain(ctx, joinKind, email))) {
      await ctx.announce(signUpRequested, {}, { ...about, result: 'failure' })
      return
    }
    const state = { email, role: 'member', organisationId: organisation.id, how: 'sign-up' }
    // Also issued for a known address, where it is never sent: it counts the mail and keeps the work the same.
    const token = await issueOneTimeToken(ctx, {
      kind: joinKind,
      userId: null,
      recipient: email,
      ttlSeconds: signUpHours * 3600,
      state,
    })
    const values = {
      organisation: organisation.name,
      hours: String(signUpHours),
      name: known?.name ?? '',
    }
    const letter = known
      ? {
          to: known.email,
          text: 'sign-in:exists',
          values: { ...values, link: publicLink(ctx.config, pages.signIn) },
        }
      : {
          to: email,
          text: 'sign-in:verify',
          values: {
            ...values,
            link: publicLink(ctx.config, pages.verifyEmail, { name: 'token', value: token }),
          },
        }
    await ctx.announce(signUpRequested, {}, { ...about, letters: [letter] })
  })
  return {}
}

const JoinState = z.object({
  email: z.string(),
  role: Role,
  organisationId: z.string(),
  how: z.enum(['invitation', 'sign-up']),
})

/** Of whichever kind; invitations sent by earlier versions are of that of a sign-up. */
const findOpenLink = async (ctx: Context<Actor>, token: string) => {
  for (const kind of [invitationKind, joinKind]) {
    const open = await peekOneTimeToken(ctx, kind, token)
    if (open) return { kind, state: open.state }
  }
  return null
}

/** Ends an invitation or a sign-up: only now does an account exist, and its address is proven by the link itself. */
export const join: Rule<Ops['join']> = async (ctx, { token, name, password }) => {
  const open = await findOpenLink(ctx, token)
  const invited = JoinState.safeParse(open?.state)
  if (!open || !invited.success || (await findPersonByEmail(ctx.db, invited.data.email)))
    throw new Refusal(refusals.link_invalid)
  const { email, role, organisationId, how } = invited.data
  // The rule of today counts, not that of the day the link was sent.
  requireMayJoin(ctx, how)
  await requireAcceptable(ctx, password, { name, email })
  const stored = await hashPassword(ctx, password)
  try {
    return await ctx.transaction(async (ctx) => {
      if (!(await consumeOneTimeToken(ctx, open.kind, token)))
        throw new Refusal(refusals.link_invalid)
      const userId = await createAccount(ctx, { organisationId, email, name, role, how }, stored)
      return openSession(ctx, { userId, proofs: [proofBy(passwordMethod)], keepSignedIn: false })
    })
  } catch (error) {
    // Two links for one address may exist; the second one finds the account made.
    if (isDuplicate(error)) throw new Refusal(refusals.link_invalid)
    throw error
  }
}
