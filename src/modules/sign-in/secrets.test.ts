import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import type { Answer } from '#test/harness/client.ts'
import { type Dump, dumpDatabase } from '#test/harness/dump.ts'
import { addApp, confirmWith, fromBase32 } from '#test/harness/factors.ts'
import { makeApiKey, makeToken, type Program, withToken } from '#test/harness/keys.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import {
  assertRefused,
  confirm,
  fromElsewhere,
  minutes,
  onEachEngine,
} from '#test/harness/scene.ts'
import { openStream } from '#test/harness/stream.ts'

/** Recognisable wherever it turns up. */
const canary = (what: string) => `canary-${what}-kettle-93-harbour`

onEachEngine('what is secret stays secret', (scene) => {
  /** Everything that opened, or might have opened, something in this file's story. */
  const secrets = new Map<string, string>()
  let dump: Dump
  let ben: Person
  let cleo: Person
  /** Answers to what must not be done with a secret, and what open pages were told meanwhile. */
  const refused: Answer[] = []
  const streamed: string[] = []

  const keep = (what: string, value: string | undefined) => {
    assert.ok(value && value.length > 7, `${what} is missing`)
    secrets.set(what, value)
  }
  const keepCookies = (what: string, { browser }: Pick<Person, 'browser'>) => {
    for (const [name, value] of browser.cookies) keep(`${name} cookie of ${what}`, value)
  }
  const lastToken = async () => tokenIn((await scene.app.mails()).at(-1))

  /** A day in the life: each secret of the product is made, and most are used. */
  const story = async () => {
    const { app, owner } = scene
    keep('setup code', app.setupCode)
    keep('password of the owner', owner.password)
    keepCookies('the owner', owner)
    ben = await joinAs(app, owner, 'Ben')
    keep('password of Ben', ben.password)
    keepCookies('Ben', ben)
    await keysOfCleo()
    app.clock.advance(minutes(3))
    await confirm(ben)
    keepCookies('Ben, confirmed', ben)
    await owner.browser.do('people.invite', { email: 'open@example.com', role: 'admin' })
    keep('open invitation', await lastToken())
    const changed = { currentPassword: ben.password, newPassword: canary('changed') }
    assert.equal((await ben.browser.do('password.change', changed)).status, 200)
    keep('changed password', changed.newPassword)
    const email = ben.email
    for (const what of ['used reset link', 'open reset link']) {
      await app.newBrowser().do('password.request-reset', { email }, fromElsewhere())
      keep(what, await lastToken())
      if (what.startsWith('open')) break
      const token = secrets.get(what) ?? ''
      const newPassword = canary('reset')
      assert.equal(
        (await app.newBrowser().do('password.reset', { token, newPassword })).status,
        200,
      )
      keep('reset password', newPassword)
    }
    ben = { ...ben, password: canary('reset') }
    ben = { ...ben, browser: await signIn(app, ben, { keepSignedIn: true }) }
    keepCookies('Ben, kept signed in', ben)
    await faults()
    dump = await dumpDatabase(app)
  }

  /** Every kind of key and factor: made, used, shown again, and sent where it does not belong. */
  const keysOfCleo = async () => {
    const { app } = scene
    cleo = await joinAs(app, scene.owner, 'Cleo')
    const stream = await openStream(app.url, cleo.browser)
    const phone = await addApp(app, cleo.browser)
    keep('TOTP seed', phone.secret)
    keep('TOTP seed in bytes', fromBase32(phone.secret).toString('hex'))
    for (const code of phone.codes ?? []) keep(`recovery code ${code[0]}`, code)
    const [live, rotated] = [await makeToken(cleo), await makeToken(cleo)]
    keep('access token', live.token)
    keep('rotated access token', rotated.token)
    const { body } = await cleo.browser.do('access-tokens.rotate', {
      tokenId: rotated.id,
      overlap: '24-hours',
    })
    keep('access token after rotation', body.token)
    keep('API key', (await makeApiKey(cleo)).key)
    assert.equal((await cleo.browser.do('api-key.reveal')).status, 200)
    keepCookies('Cleo', cleo)
    for (const key of [live.token, body.token, secrets.get('API key') ?? ''])
      await misuse(key, withToken(app, key))
    const spent = phone.codes?.[0] ?? ''
    assert.equal((await confirmWith(cleo.browser, 'recovery-code', spent)).status, 200)
    refused.push(await confirmWith(cleo.browser, 'recovery-code', spent))
    refused.push(await confirmWith(cleo.browser, 'totp', phone.secret))
    streamed.push(JSON.stringify(stream.messages))
    stream.leave()
  }

  const misuse = async (key: string, program: Program) => {
    assert.equal((await program.do('account.me')).status, 200)
    refused.push(await program.do('access-tokens.list'), await program.do('api-key.read'))
    const visitor = scene.app.newBrowser()
    const headers = { 'content-type': 'application/json', ...fromElsewhere() }
    const path = `/api/v1/account/me?access_token=${key}`
    refused.push(
      await visitor.fetch({ method: 'GET', path, headers: fromElsewhere() }),
      await visitor.fetch({ method: 'GET', path: `/${key}`, headers: fromElsewhere() }),
      await visitor.do('account.me', {}, { authorization: `Bearer ${key}x` }),
      await visitor.do('sign-in.start', { email: cleo.email, password: key }, fromElsewhere()),
      await visitor.do('sign-in.start', { email: key, password: key }, fromElsewhere()),
      await visitor.fetch({
        method: 'POST',
        path: '/api/v1/leaked-token',
        headers,
        body: `{"tokens":["${key}"`,
      }),
    )
  }

  /** What goes wrong must not be talkative either. */
  const faults = async () => {
    const browser = scene.app.newBrowser()
    const { email } = ben
    const typed = { email, password: canary('mistyped') }
    keep('mistyped password', typed.password)
    await browser.do('sign-in.start', typed, fromElsewhere())
    await browser.do('sign-in.start', { ...typed, password: [typed.password] }, fromElsewhere())
    const unknown = { email: `${canary('unknown')}@example.com`, password: canary('mistyped') }
    await browser.do('sign-in.start', unknown, fromElsewhere())
    await browser.do('sign-in.join', {
      token: canary('token').padEnd(43, 'x'),
      name: 'X',
      password: canary('join'),
    })
    keep('password with a bad link', canary('join'))
    keep('made-up link', canary('token').padEnd(43, 'x'))
    await browser.do('sign-in.set-up', { code: canary('code') })
    keep('made-up setup code', canary('code'))
    await ben.browser.do('sign-in.confirm', { method: 'password', proof: canary('proof') })
    keep('wrong proof', canary('proof'))
    await ben.browser.do('password.change', {
      currentPassword: canary('current'),
      newPassword: canary('next'),
    })
    keep('wrong current password', canary('current'))
    keep('refused new password', canary('next'))
    await browser.fetch({
      method: 'GET',
      path: `/api/v1/account/me?access_token=${canary('query')}`,
    })
    keep('secret in a query', canary('query'))
    await browser.fetch({ method: 'GET', path: `/${canary('path')}` })
    await browser.do(
      'account.me',
      {},
      { authorization: `Bearer ${canary('bearer')}`, cookie: `latchkey=${canary('cookie')}` },
    )
    keep('made-up bearer', canary('bearer'))
    keep('made-up cookie', canary('cookie'))
    await browser.fetch({
      method: 'POST',
      path: '/api/v1/sign-in',
      headers: { 'content-type': 'application/json' },
      body: `{"email":"x","password":"${canary('broken')}"`,
    })
    keep('password in broken JSON', canary('broken'))
  }

  before(() => story())

  test('no secret stands in the database in any spelling (A58)', () => {
    assert.ok(dump.tables.length >= 10 && secrets.size >= 20)
    for (const [what, secret] of secrets) {
      const bare = secret.replace(/^cfs_/, '')
      assert.ok(!dump.text.includes(bare), `${what} stands in the database`)
      const hex = Buffer.from(bare, 'base64url').toString('hex')
      if (/^[\w-]{43}$/.test(bare))
        assert.ok(!dump.text.includes(hex), `${what} stands there as bytes`)
    }
  })

  test('nothing that stands there signs anybody in or opens a link (A58)', async () => {
    const shaped = dump.values.filter((value) => /^[A-Za-z0-9_-]{16,128}$/.test(value))
    assert.ok(shaped.length > 50)
    const { app } = scene
    const isIn = async (value: string) => {
      const thief = app.newBrowser()
      return (await thief.do('account.me', {}, { cookie: `latchkey=${value}` })).status === 200
    }
    for (const value of shaped) assert.equal(await isIn(value), false, value)
    for (const token of shaped.filter((value) => value.length >= 40)) {
      const newPassword = canary('thief')
      const reset = { token, newPassword }
      const answer = await app.newBrowser().do('password.reset', reset, fromElsewhere())
      assertRefused(answer, 410, 'password.link_invalid')
      const lifted = await app.newBrowser().do('sign-in.lift-lock', { token }, fromElsewhere())
      assertRefused(lifted, 410, 'sign-in.link_invalid')
    }
  })

  test('no secret stands in the log, in whatever went wrong, and each line is one (A92)', () => {
    const log = scene.app.logLines.join('')
    assert.ok(scene.app.logLines.length > 20)
    for (const [what, secret] of secrets)
      assert.ok(!log.includes(secret.replace(/^cfs_/, '')), `${what} stands in the log`)
    for (const line of scene.app.logLines) {
      assert.ok(line.endsWith('\n') && !line.slice(0, -1).includes('\n'))
      assert.ok(JSON.parse(line))
    }
  })

  test('no secret stands in a mail but the one it was sent for (A92)', async () => {
    const mails = await scene.app.mails()
    for (const [what, secret] of secrets) {
      const holders = mails.filter((mail) =>
        `${mail.text} ${mail.html} ${mail.subject}`.includes(secret),
      )
      const isLink = what.includes('link') || what.includes('invitation')
      assert.ok(holders.length <= (isLink && !what.startsWith('made-up') ? 1 : 0), what)
    }
  })

  test('no address is in the log, and none that was mistyped is in the trail', () => {
    const log = scene.app.logLines.join('')
    for (const email of [scene.owner.email, ben.email, canary('unknown')])
      assert.ok(!log.includes(email), email)
    assert.ok(!dump.text.includes(canary('unknown')))
  })

  test('what the program answers holds no secret but the one cookie it hands out', async () => {
    const names = [
      'account.me',
      'account.read-profile',
      'sessions.list',
      'activity.list',
      'sign-in.status',
      'people.list',
    ]
    const own = ['access-tokens.list', 'api-key.read', 'two-factor.read', 'ssh-keys.list']
    const answers = [
      ...(await Promise.all(names.map((name) => scene.owner.browser.do(name)))),
      ...(await Promise.all([...names, ...own].map((name) => cleo.browser.do(name)))),
    ]
    const text = answers.map((answer) => answer.text).join('\n')
    assert.ok(text.includes(secrets.get('access token')?.slice(-4) ?? '?'), 'only its last four')
    for (const [what, secret] of secrets) assert.ok(!text.includes(secret), what)
    // As a word of its own: three letters in a row also occur in ids, by chance.
    assert.doesNotMatch(text, /argon2|token_hash|credential_epoch|"phc"/)
  })

  test('neither a refusal nor what open pages are told repeats one (A74, A92)', () => {
    assert.ok(refused.length > 20 && streamed.every((one) => one.includes('open')))
    for (const { status, text } of refused) {
      assert.ok(status >= 400, `${status}: ${text}`)
      streamed.push(text)
    }
    for (const [what, secret] of secrets)
      for (const told of streamed) assert.ok(!told.includes(secret), `${what}: ${told}`)
  })

  test('the data folder holds secrets only where they belong: the key file, for nobody else', () => {
    const { dataDir } = scene.app
    const names = readdirSync(dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.eml'))
      .map((entry) => join(entry.parentPath, entry.name))
    for (const name of names) {
      const bytes = readFileSync(name)
      for (const [what, secret] of secrets)
        assert.ok(!bytes.includes(secret.replace(/^cfs_/, '')), `${what} stands in ${name}`)
    }
  })
})
