import type { Actor, Context } from '@latchkey/kit'
import { unwrapIssued } from '@latchkey/kit'
import { deleteInvitationTo } from '#modules/invitations/api.ts'
import { hashPassword, passwordMethod, savePassword } from '#modules/password/api.ts'
import {
  createPerson,
  findOnlyOrganisation,
  insertOrganisation,
  organisationCreated,
} from '#modules/person/api.ts'
import type { Role } from '#modules/person/contract.ts'
import { completeSignIn } from '#modules/sessions/api.ts'
import { setupFact, setupKind } from '#modules/sign-in/setup.ts'
import { hashingSettings } from '#platform/config/core.ts'
import { createContext } from '#platform/context.ts'
import { claimOnce } from '#platform/crypto/installation.ts'
import type { StoredPassword } from '#platform/crypto/password-hash.ts'
import { cookieNames, deviceCookie, secretCookie } from '#platform/http/request/cookies.ts'
import { proofBy } from '#platform/identity/methods.ts'
import { voidOneTimeTokens } from '#platform/identity/one-time-token.ts'
import type { TestApp } from './app.ts'
import type { Browser } from './client.ts'

// Accounts and sessions as the product's own rules make them, without what leads up to them: no form, no mail, and one
// hash of each password instead of one for every person who has it. What signing in itself promises is tested through
// real requests; see `signIn`, and the tests of the module sign-in.

/** By key file, cost and password. Each is a real hash at its real cost. */
const hashes = new Map<string, Promise<StoredPassword>>()

const hashOnce = (ctx: Context<Actor>, app: TestApp, password: string): Promise<StoredPassword> => {
  const cost = JSON.stringify(ctx.config.read(hashingSettings))
  const key = `${app.keyFingerprint} ${cost} ${password}`
  const hash = hashes.get(key) ?? hashPassword(ctx, password)
  hashes.set(key, hash)
  return hash
}

const visitorIn = (app: TestApp, browser: Browser): Context<Actor> =>
  createContext<Actor>(app.app.services, {
    kind: 'visitor',
    client: {
      address: '127.0.0.1',
      userAgent: browser.userAgent,
      hints: {},
      device: null,
      pending: null,
      requestId: 'req_harness',
    },
  })

type Account = {
  readonly email: string
  readonly name: string
  readonly password: string
  readonly role: Role
}

type Opening = Account & { readonly how: 'setup' | 'invitation'; readonly organisationId: string }

/** In the caller's transaction: the person, the password, and a session whose cookies the browser keeps. */
const open = async (
  ctx: Context<Actor>,
  { password: _, stored, ...person }: Opening & { readonly stored: StoredPassword },
) => {
  const userId = await createPerson(ctx, person)
  await deleteInvitationTo(ctx.db, person)
  await savePassword(ctx.db, { userId, stored, at: ctx.now() })
  return completeSignIn(ctx, {
    userId,
    proofs: [proofBy(passwordMethod)],
    keepSignedIn: false,
    isComplete: true,
  })
}

const keepCookies = (
  app: TestApp,
  browser: Browser,
  signed: Awaited<ReturnType<typeof open>>,
): void => {
  const { issued } = unwrapIssued<unknown>(signed)
  const names = cookieNames(app.url)
  if (!issued?.session || !issued.device) throw new Error('no session was opened')
  browser.keepCookies([
    secretCookie(names, 'session', issued.session),
    deviceCookie(names, issued.device),
  ])
}

/** The first account and its organisation. The printed code ends with it. */
export const createOwner = async (
  app: TestApp,
  browser: Browser,
  account: Omit<Account, 'role'> & { readonly organisationName: string },
): Promise<void> => {
  const visitor = visitorIn(app, browser)
  const stored = await hashOnce(visitor, app, account.password)
  const signed = await visitor.transaction(async (ctx) => {
    const at = ctx.now()
    const { organisationName, ...person } = account
    if (!(await claimOnce(ctx.db, { name: setupFact, value: 'done', at })))
      throw new Error('there is an owner already')
    await voidOneTimeTokens(ctx, setupKind, null)
    const id = ctx.random.id('org')
    const dates = { created_at: at, updated_at: at }
    await insertOrganisation(ctx.db, { id, name: organisationName, website: null, ...dates })
    await ctx.announce(organisationCreated, { name: organisationName }, { target: id })
    return open(ctx, { ...person, stored, role: 'owner', how: 'setup', organisationId: id })
  })
  keepCookies(app, browser, signed)
}

/** A person who was let in, with or without an invitation that waits. */
export const createMember = async (
  app: TestApp,
  browser: Browser,
  account: Account,
): Promise<void> => {
  const visitor = visitorIn(app, browser)
  const stored = await hashOnce(visitor, app, account.password)
  const organisation = await findOnlyOrganisation(app.db)
  if (!organisation) throw new Error('there is no organisation yet')
  const opening = { ...account, how: 'invitation', organisationId: organisation.id } as const
  keepCookies(app, browser, await visitor.transaction((ctx) => open(ctx, { ...opening, stored })))
}
