// long: five times as many stories.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Answer, Browser } from '#test/harness/client.ts'
import {
  addApp,
  addPasskey,
  confirmWith,
  confirmWithPasskey,
  finishWith,
  freshCode,
  type KeyHolder,
  newcomer,
  passkeyProof,
  type SoftApp,
  signInWithPasskey,
} from '#test/harness/factors.ts'
import { long } from '#test/harness/long.ts'
import type { Person } from '#test/harness/people.ts'
import {
  assertRefused,
  fromElsewhere,
  minutes,
  onEachEngine,
  type Scene,
} from '#test/harness/scene.ts'

/** What the account should be, told apart from how the product keeps it. */
type Model = {
  password: string
  apps: SoftApp[]
  keys: (KeyHolder & { readonly isTrusted: boolean })[]
  /** When this session last proved anything, and when it last proved a second factor. */
  provedAt: number
  strongAt: number
}
type Real = { readonly scene: Scene; readonly person: Person; browser: Browser }
type Command = {
  readonly name: string
  readonly can: (model: Model) => boolean
  readonly run: (model: Model, real: Real) => Promise<void>
}

const isOn = ({ apps, keys }: Model): boolean =>
  apps.length > 0 || keys.some((key) => key.isTrusted)
const now = ({ scene }: Real): number => scene.app.clock.now()

const proved = (model: Model, real: Real, strength: 'strong' | 'weak'): void => {
  model.provedAt = now(real)
  if (strength === 'strong') model.strongAt = now(real)
}

/** Does the fresh confirmation that this asks for exist? At the very border both answers are right. */
const isConfirmed = (model: Model, real: Real): boolean | 'either' => {
  const since = Math.max(model.strongAt, isOn(model) ? 0 : model.provedAt)
  const left = since + minutes(10) - now(real)
  return Math.abs(left) < 5000 ? 'either' : left > 0
}

/** Signs in anew with everything the account asks for: the proof that a permitted way in is there. */
const enter = async (model: Model, { scene, person }: Real): Promise<Browser> => {
  const { app } = scene
  const browser = app.newBrowser()
  const input = { email: person.email, password: model.password }
  const first = await browser.do('sign-in.start', input, fromElsewhere())
  assert.equal(first.status, 200, first.text)
  assert.equal(first.body.next, isOn(model) ? 'second-factor' : 'done')
  if (!isOn(model)) return browser
  const [phone] = model.apps
  const key = model.keys.find((one) => one.isTrusted)
  if (phone) {
    assert.equal((await finishWith(browser, 'totp', freshCode(app, phone))).status, 200)
  } else if (key) {
    const asked = await browser.do('sign-in.second-challenge', { method: 'passkey' })
    const proof = passkeyProof(asked.body.challenge, key)
    assert.equal((await finishWith(browser, 'passkey', proof)).status, 200)
  }
  return browser
}

/** True after every step, regardless of the steps before. */
const check = async (model: Model, real: Real): Promise<void> => {
  const browser = await enter(model, real)
  const state = (await browser.do('two-factor.read')).body
  assert.equal(state.isOn, isOn(model), 'on or off, as it should be')
  assert.equal(state.authenticators.length, model.apps.length)
  assert.equal(state.recoveryCodes !== null, model.apps.length + model.keys.length > 0)
  for (const key of model.keys) {
    const done = await signInWithPasskey(real.scene.app.newBrowser(), key, {
      userVerified: key.isTrusted,
    })
    assert.equal(done.body.next, key.isTrusted ? 'done' : 'second-factor', done.text)
  }
}

/** A step that needs a fresh confirmation: refused without one, and then nothing has changed. */
const sensitive = (
  name: string,
  can: (model: Model) => boolean,
  act: (model: Model, real: Real) => Promise<Answer | null>,
): Command => ({
  name,
  can,
  run: async (model, real) => {
    await renew(model, real)
    const confirmed = isConfirmed(model, real)
    const probe = await real.browser.do('passkeys.begin')
    if (probe.status === 403) {
      assertRefused(probe, 403, 'auth.confirm_again')
      assert.notEqual(confirmed, true, `${name} was refused in spite of a confirmation`)
      const refused = await act(model, real)
      if (refused) assertRefused(refused, 403, 'auth.confirm_again')
      const state = (await real.browser.do('two-factor.read')).body
      assert.deepEqual(
        [state.isOn, state.authenticators.length],
        [isOn(model), model.apps.length],
        `${name} was refused and did something`,
      )
    } else {
      assert.notEqual(confirmed, false, `${name} went through without a confirmation`)
      const done = await act(model, real)
      assert.equal(done?.status ?? 200, 200, done?.text ?? '')
      await check(model, real)
    }
  },
})

/** An act that brings the password with it: where nothing stronger is there, that confirms it. */
const provenByPassword = (
  act: (model: Model, real: Real) => Promise<Answer>,
  otherwise: Command,
): Command => ({
  ...otherwise,
  run: async (model, real) => {
    await renew(model, real)
    if (isOn(model)) return otherwise.run(model, real)
    const done = await act(model, real)
    assert.equal(done.status, 200, done.text)
    await check(model, real)
  },
})

const changePassword = async (model: Model, real: Real): Promise<Answer> => {
  const newPassword = `granite-lantern-${Math.floor(now(real))}-orchard`
  const input = { currentPassword: model.password, newPassword }
  const answer = await real.browser.do('password.change', input)
  if (answer.status !== 200) return answer
  model.password = newPassword
  proved(model, real, 'weak')
  return answer
}

/** A session ends after a day, also in the middle of a story. */
const renew = async (model: Model, real: Real): Promise<void> => {
  if ((await real.browser.do('account.me')).status === 200) return
  real.browser = await enter(model, real)
  model.strongAt = 0
  proved(model, real, isOn(model) ? 'strong' : 'weak')
}

const isRefused = async (real: Real): Promise<Answer | null> => {
  const answer = await real.browser.do('two-factor.begin')
  return answer.status === 403 ? answer : null
}

const changes: Readonly<Record<string, Command>> = {
  addApp: sensitive(
    'add an app',
    (model) => model.apps.length < 3,
    async (model, real) => {
      const refused = await isRefused(real)
      if (refused) return refused
      model.apps.push(await addApp(real.scene.app, real.browser))
      proved(model, real, 'strong')
      return null
    },
  ),
  removeApp: sensitive(
    'remove an app',
    (model) => model.apps.length > 0,
    async (model, { browser }) => {
      const authenticatorId = model.apps[0]?.id ?? ''
      const answer = await browser.do('two-factor.remove', { authenticatorId })
      if (answer.status === 200) model.apps.shift()
      return answer
    },
  ),
  disable: sensitive(
    'switch it off',
    () => true,
    async (model, { browser }) => {
      const answer = await browser.do('two-factor.disable')
      if (answer.status === 200) model.apps = []
      return answer
    },
  ),
  ...Object.fromEntries(
    [true, false].map((isTrusted) => [
      `addKey ${isTrusted}`,
      sensitive(
        isTrusted ? 'add a passkey' : 'add a passkey that does not verify',
        (model) => model.keys.length < 3,
        async (model, real) => {
          const refused = await isRefused(real)
          if (refused) return refused
          const key = await addPasskey(real.scene.app, real.browser, { userVerified: isTrusted })
          model.keys.push({ ...key, isTrusted })
          if (isTrusted) proved(model, real, 'strong')
          return null
        },
      ),
    ]),
  ),
  removeKey: sensitive(
    'remove a passkey',
    (model) => model.keys.length > 0,
    async (model, { browser }) => {
      const answer = await browser.do('passkeys.remove', {
        passkeyId: model.keys[0]?.passkeyId ?? '',
      })
      if (answer.status === 200) model.keys.shift()
      return answer
    },
  ),
  regenerate: sensitive('new codes', isOn, (_, { browser }) =>
    browser.do('two-factor.regenerate-codes'),
  ),
  changePassword: provenByPassword(
    changePassword,
    sensitive('change the password', () => true, changePassword),
  ),
}

const step = (name: string, run: Command['run']): Command => ({ name, can: () => true, run })

const quiet: readonly Command[] = [
  step('sign out and in', async (model, real) => {
    await real.browser.do('sign-in.end')
    await renew(model, real)
  }),
  step('confirm by password', async (model, real) => {
    await renew(model, real)
    const answer = await confirmWith(real.browser, 'password', model.password)
    assert.equal(answer.status, isOn(model) ? 403 : 200, answer.text)
    if (!isOn(model)) proved(model, real, 'weak')
  }),
  step('confirm by a factor', async (model, real) => {
    await renew(model, real)
    const [phone] = model.apps
    const key = model.keys.find((one) => one.isTrusted)
    const answer = phone
      ? await confirmWith(real.browser, 'totp', freshCode(real.scene.app, phone))
      : key && (await confirmWithPasskey(real.browser, key))
    if (!answer) return
    assert.equal(answer.status, 200, answer.text)
    proved(model, real, 'strong')
  }),
  ...[67, 493, 661, 10_800].map((seconds) =>
    step(`${seconds} seconds later`, async (_, { scene }) =>
      scene.app.clock.advance(seconds * 1000),
    ),
  ),
]

/** Begins with a factor, because without one there is little to lose. */
const stories = fc
  .tuple(
    fc.constantFrom('addApp', 'addKey true', 'addKey false'),
    fc.array(fc.constantFrom(...Object.keys(changes), ...quiet.map((one) => one.name)), {
      minLength: 8,
      maxLength: 8,
    }),
  )
  .map(([first, others]) => [first, ...others])

/** Chance takes long to find it: a new password proves the weaker thing while the stronger proof runs out. */
const overtaken = ['addApp', '493 seconds later', 'changePassword', '493 seconds later', 'disable']

const commandOf = (name: string): Command | undefined =>
  changes[name] ?? quiet.find((one) => one.name === name)

onEachEngine('whatever is added, removed, confirmed and changed, in whatever order', (scene) => {
  test('there is a way in, and nothing is switched off without a fresh confirmation', async () => {
    const property = fc.asyncProperty(stories, async (names) => {
      scene.app.clock.advance(minutes(11))
      const person = await newcomer(scene)
      const at = scene.app.clock.now()
      const model: Model = {
        password: person.password,
        apps: [],
        keys: [],
        provedAt: at,
        strongAt: 0,
      }
      const real: Real = { scene, person, browser: person.browser }
      for (const name of names) {
        const command = commandOf(name)
        if (command?.can(model)) await command.run(model, real)
      }
    })
    const numRuns = scene.engine === 'sqlite' ? long(31, 6) : long(8, 2)
    await fc.assert(property, { numRuns, endOnFailure: true, examples: [[overtaken]] })
  })
})
