import assert from 'node:assert/strict'
import type {
  BuiltInRole,
  FixtureBrowser,
  FixtureDevice,
  FixtureDriver,
  FixturePerson,
  OperationSpec,
} from '@latchkey/kit'
import { createContext, systemActor } from '#platform/context.ts'
import type { Clock } from '#test/harness/app.ts'
import type { Answer, Browser } from '#test/harness/client.ts'
import { codeAt, newcomer } from '#test/harness/factors.ts'
import { withToken } from '#test/harness/keys.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { type Person, signIn } from '#test/harness/people.ts'
import { fromElsewhere, type Scene } from '#test/harness/scene.ts'
import { type SoftPasskey, SoftwareAuthenticator } from '#test/harness/software-authenticator.ts'
import { type AllFixtures, makeElsewhere, makeObject } from './module-fixtures.ts'

const answerOf = ({ status, body }: Answer) => ({
  status,
  code: status < 400 ? null : String(body.code),
})

const asBrowser = (browser: Browser): FixtureBrowser => {
  const send = ({ name }: OperationSpec, input: object = {}): Promise<Answer> =>
    browser.do(name, input as Readonly<Record<string, unknown>>, fromElsewhere())
  return {
    do: async (operation, input) => {
      const answer = await send(operation, input as object | undefined)
      assert.ok(answer.status < 300, `${operation.name} in a fixture: ${answer.text}`)
      return answer.body
    },
    attempt: async (operation, input) =>
      answerOf(await send(operation, input as object | undefined)),
    visit: async (path) =>
      answerOf(await browser.fetch({ method: 'GET', path, headers: fromElsewhere() })),
  }
}

export const asFixturePerson = ({ browser, email, password, userId }: Person): FixturePerson => ({
  ...asBrowser(browser),
  email,
  password,
  userId,
  confirm: async (method, proof) => {
    const answer = await browser.do('sign-in.confirm', { method, proof }, fromElsewhere())
    assert.equal(answer.status, 200, answer.text)
  },
})

const deviceFor = (origin: string, now: () => number): FixtureDevice => {
  const authenticator = new SoftwareAuthenticator(origin)
  const steps = [-1, 0, 1].map((step) => step * 30_000)
  return {
    code: (secret) => codeAt(secret, now()),
    wrongCode: (secret) => {
      const right = steps.map((step) => codeAt(secret, now() + step))
      return ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code)) ?? ''
    },
    createPasskey: (options, counter = 0) =>
      authenticator.create(options as Readonly<Record<string, unknown>>, { counter }),
    usePasskey: (options, passkey, counter) =>
      authenticator.get(
        options as Readonly<Record<string, unknown>>,
        passkey as SoftPasskey,
        counter === undefined ? {} : { counter },
      ),
  }
}

/** What a driver stands on: a product in this process, or one that was started as an operator starts it. */
export type DriverParts = Pick<FixtureDriver, 'db' | 'command' | 'job' | 'mailedToken'> & {
  readonly url: string
  readonly clock: Clock
  readonly all: AllFixtures
  readonly newBrowser: () => Browser
  readonly program: (key: string) => Browser
  readonly owner: () => Promise<Person>
  readonly newcomer: (role?: BuiltInRole) => Promise<Person>
}

export const createDriver = (parts: DriverParts): FixtureDriver => {
  const { command, job, mailedToken, clock } = parts
  const driver: FixtureDriver = {
    get db() {
      return parts.db
    },
    ...{ command, job, mailedToken },
    ...{ now: clock.now, advance: clock.advance },
    owner: async () => asFixturePerson(await parts.owner()),
    newcomer: async (role) => asFixturePerson(await parts.newcomer(role)),
    newBrowser: () => asBrowser(parts.newBrowser()),
    program: (key) => asBrowser(parts.program(key)),
    device: deviceFor(parts.url, clock.now),
    make: (at, owner) => makeObject(parts.all, at, [driver, owner]),
    makeElsewhere: (at, owner) => makeElsewhere(parts.all, at, [driver, owner]),
  }
  return driver
}

/** Drives the product of a scene; commands and jobs run in this process. */
export const driverOf = (scene: Scene, all: AllFixtures): FixtureDriver => {
  const { app } = scene
  const { modules } = app.app.runtime.registry
  const system = (name: string) => createContext(app.app.services, systemActor(name))
  return createDriver({
    ...{ all, url: app.url, clock: app.clock, db: app.db },
    newBrowser: () => app.newBrowser(),
    program: (key) => withToken(app, key),
    owner: async () => ({ ...scene.owner, browser: await signIn(app, scene.owner) }),
    newcomer: (role) => newcomer(scene, role),
    mailedToken: async (email) => {
      const token = tokenIn((await app.mails()).findLast((mail) => mail.to === email))
      assert.ok(token, `no mail to ${email} has a link with a secret`)
      return token
    },
    command: async (name, input) => {
      const found = modules
        .flatMap(({ commands = [] }) => commands)
        .find((one) => one.name === name)
      assert.ok(found, `there is no command ${name}`)
      await found.run(system('cli'), found.input.parse(input) as never)
    },
    job: async (name) => {
      const found = modules.flatMap(({ jobs = [] }) => jobs).find((one) => one.name === name)
      assert.ok(found, `there is no job ${name}`)
      await found.run(system(name), new AbortController().signal)
    },
  })
}
