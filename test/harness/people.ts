import type { Role } from '#modules/person/contract.ts'
import { createMember, createOwner } from './accounts.ts'
import type { TestApp } from './app.ts'
import type { Browser } from './client.ts'
import { tokenIn } from './mails.ts'

/** Strong enough for the policy, and another one for each person. */
export const passwordOf = (name: string): string => `${name.toLowerCase()}:violet-kettle-93-harbour`

export type Person = {
  readonly browser: Browser
  readonly email: string
  readonly password: string
  readonly userId: string
}

const whoIs = async (browser: Browser, email: string, password: string): Promise<Person> => {
  const me = await browser.do('account.me')
  return { browser, email, password, userId: me.body.userId }
}

/** The first account, signed in. How the page makes it is the subject of the tests of sign-in. */
export const setUpOwner = async (app: TestApp, name = 'Ada'): Promise<Person> => {
  const browser = app.newBrowser()
  const email = `${name.toLowerCase()}@example.com`
  const password = passwordOf('quartz')
  await createOwner(app, browser, { organisationName: 'Acme', name, email, password })
  return whoIs(browser, email, password)
}

/** A member made without an invitation, signed in. */
export const createPerson = async (
  app: TestApp,
  name: string,
  role: Role = 'member',
): Promise<Person> => {
  const email = `${name.toLowerCase()}@example.com`
  const password = passwordOf('basalt')
  const browser = app.newBrowser()
  await createMember(app, browser, { email, name, password, role })
  return whoIs(browser, email, password)
}

/** A person who was invited, and is in. */
// biome-ignore lint/complexity/useMaxParams: in a test `joinAs(app, ada, 'Bob', 'admin')` reads as the sentence it is
export const joinAs = async (
  app: TestApp,
  inviter: Person,
  name: string,
  role: Role = 'member',
): Promise<Person> => {
  const email = `${name.toLowerCase()}@example.com`
  const invited = await inviter.browser.do('people.invite', { email, role })
  if (invited.status !== 200) throw new Error(`inviting failed: ${invited.text}`)
  return createPerson(app, name, role)
}

/** The whole way: invited by mail, the link followed, a password chosen. */
export const joinByMail = async (app: TestApp, inviter: Person, name: string): Promise<Person> => {
  const email = `${name.toLowerCase()}@example.com`
  const password = passwordOf('basalt')
  const invited = await inviter.browser.do('people.invite', { email, role: 'member' })
  if (invited.status !== 200) throw new Error(`inviting failed: ${invited.text}`)
  const mail = (await app.mails()).findLast((one) => one.to === email)
  const browser = app.newBrowser()
  const joined = await browser.do('sign-in.join', { token: tokenIn(mail), name, password })
  if (joined.status !== 200) throw new Error(`joining failed: ${joined.text}`)
  return whoIs(browser, email, password)
}

export const signIn = async (
  app: TestApp,
  person: Pick<Person, 'email' | 'password'>,
  options: { keepSignedIn?: boolean; userAgent?: string } = {},
): Promise<Browser> => {
  const browser = app.newBrowser(options.userAgent ? { userAgent: options.userAgent } : {})
  const { email, password } = person
  const done = await browser.do('sign-in.start', {
    email,
    password,
    ...(options.keepSignedIn ? { keepSignedIn: true } : {}),
  })
  if (done.status !== 200) throw new Error(`signing in failed: ${done.text}`)
  return browser
}
