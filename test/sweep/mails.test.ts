import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { commands as tokenCommands } from '#modules/access-tokens/commands.ts'
import { jobs as tokenJobs } from '#modules/access-tokens/jobs.ts'
import { commands as passkeyCommands } from '#modules/passkeys/commands.ts'
import { commands as peopleCommands } from '#modules/people/commands.ts'
import { jobs as recoveryJobs } from '#modules/recovery/jobs.ts'
import { createContext, systemActor } from '#platform/context.ts'
import { startApp } from '#test/harness/app.ts'
import {
  addApp,
  addPasskey,
  finishWith,
  newcomer,
  newcomerWithApp,
  signInWithPasskey,
  startPending,
  wrongCode,
} from '#test/harness/factors.ts'
import { makeApiKey, makeToken, withApiKey } from '#test/harness/keys.ts'
import { type ReadMail, tokenIn } from '#test/harness/mails.ts'
import { joinByMail, type Person, setUpOwner, signIn } from '#test/harness/people.ts'
import { product } from '#test/harness/product.ts'
import { confirm, days, fromElsewhere, hours, minutes, type Scene } from '#test/harness/scene.ts'
import { freshKey } from '#test/harness/ssh-keys.ts'

const { modules } = product

const fresh = 'granite-lantern-47-orchard'
const password = '/admin/account/profile#password'
const tokens = '/admin/account/tokens'
const apiKey = '/admin/account/api-key'
const sshKeys = '/admin/account/ssh-keys'
const passkeys = '/admin/account/passkeys'
const twoFactor = '/admin/account/two-factor'

/**
 * Where every mail leads, in the order of its words. What an attacker would keep comes before the password: a new one
 * ends no token, no key and no factor.
 */
const meant: Readonly<Record<string, readonly string[]>> = {
  'access-tokens:created': [tokens, password],
  'access-tokens:rotated': [tokens, password],
  'access-tokens:leaked': [tokens],
  'access-tokens:revokedByOperator': [`${tokens}/new`],
  'access-tokens:expiring': [tokens],
  'access-tokens:expired': [`${tokens}/new`],
  'api-key:created': [apiKey, password],
  'api-key:regenerated': [apiKey, password],
  'api-key:revoked': [password, apiKey],
  'api-key:leaked': [apiKey],
  'api-key:leakedUnused': [apiKey],
  'leaked-keys:token': [tokens],
  'leaked-keys:api-key': [apiKey],
  'passkeys:added': [passkeys, password],
  'passkeys:removed': [password, passkeys],
  'passkeys:suspected': [passkeys],
  'passkeys:retired': [passkeys],
  'passkeys:retiredLast': [passkeys],
  'password:reset': ['/reset-password'],
  'password:changed': ['/forgot-password'],
  'password:changedKeysRemain': ['/forgot-password', tokens, apiKey, sshKeys],
  'people:invitation': ['/invite'],
  'people:invitationByOperator': ['/invite'],
  'recovery:started': ['/stop-recovery'],
  'recovery:ready': ['/recover'],
  'recovery:finished': [twoFactor],
  'sign-in:verify': ['/verify-email'],
  'sign-in:exists': ['/login'],
  'sign-in:guessing': ['/unlock'],
  'sign-in:codes': ['/unlock', '/forgot-password'],
  'ssh-keys:added': [sshKeys, password],
  'ssh-keys:extended': [sshKeys, password],
  'ssh-keys:endless': [sshKeys, password],
  'ssh-keys:removed': [password, sshKeys],
  'two-factor:enabled': [twoFactor, password],
  'two-factor:disabled': [password, twoFactor],
  'two-factor:added': [twoFactor, password],
  'two-factor:removed': [password, twoFactor],
  'two-factor:codes': [twoFactor, password],
  'two-factor:used': [twoFactor, password],
  'two-factor:low': [twoFactor, password],
}

type Words = { readonly subject: string; readonly body: string }

const wordsOf = (folder: URL): Record<string, Words> =>
  JSON.parse(readFileSync(new URL('./en.json', folder), 'utf8'))

const written: readonly (readonly [name: string, words: Words])[] = modules.flatMap((module) =>
  module.mails
    ? Object.entries(wordsOf(module.mails)).map(
        ([name, words]) => [`${module.name}:${name}`, words] as const,
      )
    : [],
)

const escaped = (text: string): string => text.replace(/[.*+?^$()[\]|\\/]/g, '\\$&')

/** Its own words: without when and where it happened, and without why it came. */
const wordsIn = ({ text }: ReadMail): string =>
  (text.split('\n-- \n')[0] ?? '').replace(/(^(When|Device|Where): .*\n)+\n?/gm, '')

/** Which text a mail that arrived was made of. */
const nameOf = (mail: ReadMail): string =>
  written.find(([, { body }]) => {
    const pattern = body.split('\n').map(escaped).join('\\n+')
    return new RegExp(`^${pattern.replace(/\{\{\w+\}\}/g, '.*')}\\n*$`).test(wordsIn(mail))
  })?.[0] ?? `unknown: ${mail.text}`

/** Without the one-time secret that follows it. */
const placeOf = (link: string): string => {
  const { pathname, hash } = new URL(link)
  return pathname + (hash.includes('=') ? '' : hash)
}

const linksIn = ({ text }: ReadMail): string[] =>
  (text.match(/^https?:\/\/\S+$/gm) ?? []).map(placeOf)

const run = async (
  scene: Scene,
  commands: readonly { readonly name: string }[],
  [name, input]: readonly [string, unknown],
): Promise<void> => {
  const found = commands.find((one) => one.name === name)
  assert.ok(found && 'run' in found && typeof found.run === 'function', name)
  await found.run(createContext(scene.app.app.services, systemActor('cli')), input)
}

/** Each of these writes the mails that are named beside it. */
const stories = (scene: Scene): Readonly<Record<string, () => Promise<void>>> => {
  const { app } = scene
  const report = (token: string) =>
    app.newBrowser().do('leaked-keys.report', { tokens: [token] }, fromElsewhere())
  const visit = (path: string) =>
    app.newBrowser().fetch({ method: 'GET', path, headers: fromElsewhere() })
  const job = async (jobs: typeof tokenJobs, name: string) =>
    jobs
      .find((one) => one.name === name)
      ?.run(createContext(app.app.services, systemActor(name)), new AbortController().signal)
  const resetLink = async ({ email }: Person) => {
    await app.newBrowser().do('password.request-reset', { email }, fromElsewhere())
    return tokenIn((await app.mails()).findLast((mail) => mail.to === email))
  }
  return {
    'access-tokens: created, rotated, leaked, revoked; leaked-keys: token': async () => {
      const ada = await newcomer(scene)
      const made = await makeToken(ada)
      await ada.browser.do('access-tokens.rotate', { tokenId: made.id, overlap: 'none' })
      const [found, sent] = [await makeToken(ada), await makeToken(ada)]
      await report(found.token)
      await visit(`/api/v1/account/me?token=${sent.token}`)
      await run(scene, tokenCommands, ['token revoke', { id: sent.id }])
    },
    'access-tokens: expiring, expired': async () => {
      const ada = await newcomer(scene)
      const expiresAt = new Date(app.clock.now() + days(10)).toISOString()
      await makeToken(ada, { expiresAt })
      app.clock.advance(days(8))
      await job(tokenJobs, 'access-tokens.remind')
      app.clock.advance(days(3))
      await job(tokenJobs, 'access-tokens.remind')
    },
    'api-key: all; leaked-keys: api-key': async () => {
      const ada = await newcomer(scene)
      const { id: keyId } = await makeApiKey(ada)
      const { body } = await ada.browser.do('api-key.regenerate', { keyId, overlap: 'none' })
      await visit(`/api/v1/account/me?key=${body.key}`)
      await report(body.key)
      const { key } = await makeApiKey(ada)
      await withApiKey(app, key).do('account.me')
      await report(key)
      await makeApiKey(ada)
      await ada.browser.do('api-key.revoke')
    },
    'passkeys; two-factor: enabled, disabled, codes': async () => {
      const ada = await newcomer(scene)
      const { passkeyId } = await addPasskey(app, ada.browser)
      await ada.browser.do('passkeys.remove', { passkeyId })
    },
    'passkeys: suspected, retired, retiredLast': async () => {
      const [ada, bob] = [await newcomer(scene), await newcomerWithApp(scene)]
      const copied = await addPasskey(app, ada.browser, { counter: 5 })
      await signInWithPasskey(app.newBrowser(), copied, { counter: 5 })
      await addPasskey(app, bob.browser)
      await app.db
        .withTables<{ passkeys: { rp_id: string } }>()
        .updateTable('passkeys')
        .set({ rp_id: 'old.example.com' })
        .execute()
      const gone = { host: 'old.example.com', check: false, evenTheLast: false }
      await run(scene, passkeyCommands, ['passkeys retire', gone])
    },
    'two-factor: added, removed, used, low; sign-in: codes': async () => {
      const ada = await newcomerWithApp(scene)
      for (const code of ada.codes.slice(0, 7)) {
        app.clock.advance(minutes(20))
        await finishWith(await startPending(app, ada), 'recovery-code', code)
      }
      for (let guess = 0; guess < 10; guess += 1) {
        app.clock.advance(hours(2))
        const wrong = wrongCode(app, ada.phone)
        await finishWith(await startPending(app, ada), 'totp', wrong)
      }
      const bob = await newcomerWithApp(scene)
      await addApp(app, bob.browser, { name: 'Tablet', replaces: bob.phone.id })
    },
    'ssh-keys; password: changed, changedKeysRemain, reset': async () => {
      const ada = await newcomer(scene)
      const { body: gone } = await ada.browser.do('ssh-keys.add', { publicKey: freshKey() })
      for (const expiresAt of [app.clock.now() + days(1), app.clock.now() + days(2), null])
        await ada.browser.do('ssh-keys.update', {
          keyId: gone.id,
          expiresAt: expiresAt && new Date(expiresAt).toISOString(),
        })
      await ada.browser.do('ssh-keys.remove', { keyId: gone.id })
      const change = { currentPassword: ada.password, newPassword: fresh }
      await ada.browser.do('password.change', change)
      await ada.browser.do('ssh-keys.add', { publicKey: freshKey() })
      await makeToken(ada)
      await makeApiKey(ada)
      const token = await resetLink(ada)
      const newPassword = ada.password
      await app.newBrowser().do('password.reset', { token, newPassword }, fromElsewhere())
    },
    'people; recovery': async () => {
      const ada = await newcomer(scene)
      const owner = { ...scene.owner, browser: await signIn(app, scene.owner) }
      const invited = { email: 'cli@example.com', role: 'member', invite: true }
      await run(scene, peopleCommands, ['user create', invited])
      await owner.browser.do('recovery.start', { userId: ada.userId })
      app.clock.advance(hours(24))
      await job(recoveryJobs, 'recovery.mail-due')
      const token = tokenIn((await app.mails()).findLast((mail) => mail.to === ada.email))
      const finished = { token, newPassword: fresh }
      await app.newBrowser().do('recovery.finish', finished, fromElsewhere())
    },
    'sign-in: verify, exists, guessing': async () => {
      const { email } = await newcomer(scene)
      for (const one of ['new@example.com', email])
        await app.newBrowser().do('sign-in.sign-up', { email: one }, fromElsewhere())
      for (let guess = 0; guess < 10; guess += 1) {
        app.clock.advance(hours(2))
        const input = { email, password: 'a wrong guess 1' }
        await app.newBrowser().do('sign-in.start', input, fromElsewhere())
      }
    },
  }
}

describe('every mail', () => {
  const scene = { engine: 'sqlite' } as Scene
  before(async () => {
    const settings = { LATCHKEY_SIGN_IN_SIGN_UP: 'open', LATCHKEY_TRUSTED_PROXIES: '1' }
    scene.app = await startApp({ engine: 'sqlite', settings })
    scene.owner = await setUpOwner(scene.app)
    await confirm(scene.owner)
    await joinByMail(scene.app, scene.owner, 'Ines')
  })
  after(() => scene.app?.stop())

  test('leads where its words say, to pages that are there', async () => {
    for (const tell of Object.values(stories(scene))) await tell()
    const mails = await scene.app.mails()
    const found = new Map(mails.map((mail) => [nameOf(mail), linksIn(mail)]))
    assert.deepEqual(
      Object.fromEntries([...found].sort()),
      Object.fromEntries(Object.entries(meant).sort()),
    )
    const pages = new Set<string>(
      modules.flatMap((module) => [...(module.pages ?? []), ...(module.entrances ?? [])]),
    )
    for (const link of [...found.values()].flat())
      assert.ok(pages.has(link.replace(/#.*/, '')), link)
    for (const { subject, text } of mails) assert.doesNotMatch(subject + text, /\{\{/)
  })

  test('that exists is in the list above', () => {
    assert.deepEqual(written.map(([name]) => name).sort(), Object.keys(meant).sort())
  })

  /** They warn of something going on, and begin with it. */
  const warnings = ['sign-in:guessing', 'sign-in:codes']

  test('says at once whether anything has to be done', () => {
    const atOnce =
      /^(nothing has to be done|to join|to create|create|rotate|send|look|issue|set up|choose)\b/i
    for (const [name, { body }] of written.filter(([name]) => !warnings.includes(name))) {
      const [first = ''] = body.replace('Hello {{name}},\n', '').split('\n')
      assert.match(first, atOnce, name)
    }
  })

  test('addresses its reader, and nothing in it says “we” or raises its voice', () => {
    for (const [name, { subject, body }] of written)
      assert.doesNotMatch(`${subject} ${body}`, /\b(we|us|our|ours|please|sorry)\b|!/i, name)
  })
})
