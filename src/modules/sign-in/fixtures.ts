import type { FixtureDriver, FixturePerson, Fixtures, MailStory } from '@latchkey/kit'
import { operations, pages } from './contract.ts'

const wrongGuesses = 10
const hourMs = 3_600_000

const start = (browser: Pick<FixturePerson, 'do'>, { email, password }: FixturePerson) =>
  browser.do(operations.start, { email, password })

/** The person's browser has given the password and waits for the second step. */
const beginSecondStep = async (driver: FixtureDriver, person: FixturePerson): Promise<void> => {
  await driver.make('two-factor.authenticatorId', person)
  await start(person, person)
}

const passkeyPending = async (driver: FixtureDriver, person: FixturePerson): Promise<void> => {
  await driver.make('passkeys.passkeyId', person)
  await start(person, person)
}

const joining: MailStory = {
  writes: ['verify', 'exists'],
  tell: async (driver) => {
    const { email } = await driver.newcomer()
    for (const one of ['new@example.com', email])
      await driver.newBrowser().do(operations.signUp, { email: one })
  },
}

const guessPasswords = async (driver: FixtureDriver, email: string): Promise<void> => {
  for (let guess = 0; guess < wrongGuesses; guess += 1) {
    driver.advance(2 * hourMs)
    const wrong = { email, password: 'a wrong guess 1' }
    await driver.newBrowser().attempt(operations.start, wrong)
  }
}

const guessing: MailStory = {
  writes: ['guessing', 'codes'],
  tell: async (driver) => {
    await guessPasswords(driver, (await driver.newcomer()).email)
    const person = await driver.newcomer()
    await driver.make('two-factor.authenticatorId', person)
    for (let guess = 0; guess < wrongGuesses; guess += 1) {
      driver.advance(2 * hourMs)
      const browser = driver.newBrowser()
      await start(browser, person)
      await browser.attempt(operations.finish, { method: 'recovery-code', proof: '1-wrong' })
    }
  },
}

export const fixtures: Fixtures = {
  inputs: {
    'sign-in.set-up': { never: 'It works once, before there is an account; setup.test.ts does.' },
    'sign-in.start': async (_, { email, password }) => ({ email, password }),
    'sign-in.pending': async (driver, person) => {
      await beginSecondStep(driver, person)
      return {}
    },
    'sign-in.second-challenge': async (driver, person) => {
      await passkeyPending(driver, person)
      return { method: 'passkey' }
    },
    'sign-in.finish': { never: 'A proof belongs to a method; the tests of each method finish.' },
    'sign-in.lift-lock': async (driver, { email }) => {
      await guessPasswords(driver, email)
      return { token: await driver.mailedToken(email) }
    },
    'sign-in.join': async (driver) => {
      const email = 'joining@example.com'
      await driver.newBrowser().do(operations.signUp, { email })
      const token = await driver.mailedToken(email)
      return { token, name: 'Joining', password: 'granite-lantern-47-orchard' }
    },
    'sign-in.confirm-challenge': async (driver, person) => {
      await driver.make('passkeys.passkeyId', person)
      return { method: 'passkey' }
    },
    'sign-in.confirm': async (_, { password }) => ({ method: 'password', proof: password }),
  },
  mails: {
    verify: { leadsTo: [pages.verifyEmail] },
    exists: { leadsTo: [pages.signIn] },
    guessing: { leadsTo: [pages.unlock], isWarning: true },
    codes: { leadsTo: [pages.unlock, '/forgot-password'], isWarning: true },
  },
  mailStories: [joining, guessing],
  closedToKeys: 'A key that could sign in would become more than itself.',
}
