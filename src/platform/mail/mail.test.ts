import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { defineModule, type Letter } from '@latchkey/kit'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { type Basis, openBasis, rowsOf } from '#test/harness/basis.ts'
import { product } from '#test/harness/product.ts'
import { loadConfig } from '../config/load.ts'
import { createLog } from '../log/log.ts'
import { workOffDue } from '../work/worker.ts'
import { enqueueLetter, letterWork } from './letters.ts'
import { createMailTexts } from './mail-texts.ts'
import { createMailer } from './mailer.ts'

const { modules, settingsGroups } = product

const folder = mkdtempSync(join(tmpdir(), 'latchkey-mail-'))
after(() => rmSync(folder, { recursive: true, force: true }))

mkdirSync(join(folder, 'mails'))
const words = {
  hello: { subject: 'Hello {{name}}', body: 'Hello {{name}},\nopen this:\n{{link}}\nBye' },
}
writeFileSync(join(folder, 'mails', 'en.json'), JSON.stringify(words))
writeFileSync(
  join(folder, 'mails', 'de.json'),
  JSON.stringify({ hello: { subject: 'Hallo {{name}}', body: 'Guten Tag' } }),
)
const sample = defineModule({
  name: 'sample',
  summary: 'A sample',
  mails: pathToFileURL(`${folder}/mails/`),
})
const texts = createMailTexts([sample])

const letterFor = (values: Letter['values'], locale?: string): Letter => ({
  to: 'ada@example.com',
  text: 'sample:hello',
  values: { name: 'Ada', link: 'https://a.example/#t=1', ...values },
  ...(locale ? { locale } : {}),
})

const nasty = {
  header: 'Ada\r\nBcc: eve@example.com\r\n\r\n<b>hi</b>',
  markup: '<script>alert(1)</script><a href="https://evil.example">bank</a>',
  template: '{{7*7}} $t(sample:hello.subject) {{link}} #{1+1}',
  slack: '<!channel> <https://evil.example|bank> & "x"',
  rtl: '\u202Egnp.exe\u2066',
  breaks: 'Ada\nhttps://evil.example/\u2028https://evil.example/\u0085x',
  long: 'x'.repeat(10_000),
}

describe('mail texts', () => {
  test('a mail is its two texts with the values put in, as text and as page', () => {
    const mail = texts.render(letterFor({}))
    assert.equal(mail.subject, 'Hello Ada')
    assert.ok(mail.text.startsWith('Hello Ada,\n\nopen this:\n\nhttps://a.example/#t=1\n\nBye\n\n'))
    assert.match(mail.html, /<a href="https:\/\/a\.example\/#t=1"/)
  })

  test('the language of the person is used, and English where a text is missing', () => {
    assert.equal(texts.render(letterFor({}, 'de')).subject, 'Hallo Ada')
    assert.equal(texts.render(letterFor({}, 'fr')).subject, 'Hello Ada')
  })

  test('no value becomes markup, a template, a second paragraph or a second subject line', () => {
    for (const [kind, name] of Object.entries(nasty)) {
      const mail = texts.render(letterFor({ name }))
      assert.doesNotMatch(mail.html, /<script|<b>|<!channel|evil\.example"/, kind)
      assert.equal(mail.html.match(/<a /g)?.length, 1, `${kind} made a link`)
      assert.doesNotMatch(mail.subject, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u, kind)
      assert.ok(mail.subject.length <= 200)
      assert.equal(mail.text.split('\n\n').length, 5, `${kind} made a paragraph`)
    }
    const template = texts.render(letterFor({ name: nasty.template })).text
    assert.ok(template.includes('{{7*7}} $t(sample:hello.subject) {{link}} #{1+1}'), template)
  })

  test('says whose mail it is and why it came, whatever the organisation is called', () => {
    for (const from of ['Acme Harbour', nasty.markup, nasty.header, nasty.template, nasty.breaks]) {
      const mail = texts.render(letterFor({}), from)
      assert.doesNotMatch(mail.html, /<script|<b>|evil\.example"/)
      assert.equal(mail.text.split('\n\n').length, 5)
      assert.match(mail.text, /\n-- \n[^\n]+\nSent to ada@example\.com by /)
    }
    const mail = texts.render(letterFor({}), 'Acme Harbour')
    assert.match(mail.html, /Acme Harbour<\/td>/)
    assert.match(texts.render(letterFor({})).text, /\n-- \nLatchkey\n/)
  })

  test('a notice of something that happened says when with the zone, from which device or program and where', () => {
    const what = {
      happenedAt: '2026-11-26T18:05:00.000Z',
      device: 'Firefox, Windows',
      address: '203.0.113.5',
    }
    const away = texts.render(letterFor({ ...what, city: 'Berlin', country: 'DE' }))
    assert.match(away.text, /open this:\n\nWhen: November 26, 2026 at 18:05 UTC\n/)
    assert.match(
      away.text,
      /\nDevice: Firefox, Windows\nWhere: Berlin, Germany \(203\.0\.113\.5\)\n\nhttps:/,
    )
    assert.match(away.html, /Berlin, Germany \(203\.0\.113\.5\)/)
    const near = texts.render(letterFor({ ...what, country: 'local' })).text
    assert.match(near, /Where: Local network \(203/)
    assert.match(texts.render(letterFor({ ...what, country: '' })).text, /Where: 203\.0\.113\.5\n/)
    const byProgram = texts.render(letterFor({ ...what, device: 'program', country: '' })).text
    assert.match(byProgram, /\nDevice: A program, not a browser\nWhere: 203\.0\.113\.5\n/)
    const unnamed = texts.render(letterFor({ ...what, device: '', country: '' })).text
    assert.doesNotMatch(unnamed, /Device:/)
    assert.doesNotMatch(texts.render(letterFor({})).text, /When:/)
  })

  test('nothing in it comes from elsewhere: no picture, no script, no sheet', () => {
    const { html } = texts.render(letterFor({}), 'Acme Harbour')
    assert.doesNotMatch(html, /<img|<link|<script|url\(|src=/)
  })

  test('every text the modules send is there: a subject and a body each', () => {
    const real = createMailTexts(modules)
    for (const module of modules.filter(({ mails }) => mails)) {
      const file = JSON.parse(readFileSync(new URL('./en.json', module.mails), 'utf8'))
      for (const name of Object.keys(file)) {
        const mail = real.render({ to: 'a@b.c', text: `${module.name}:${name}`, values: {} })
        assert.ok(mail.subject.length > 5 && !mail.subject.includes(':'), `${module.name}:${name}`)
        assert.ok(mail.text.length > 20)
      }
    }
  })
})

type Got = {
  readonly from: string
  readonly to: string[]
  readonly raw: string
  readonly greeted: string
}

/** A mail server on a real port. `answer` may refuse a recipient with an SMTP code. */
const startServer = async (answer: (to: string) => number | null) => {
  const got: Got[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onRcptTo: ({ address }, _session, done) => {
      const code = answer(address)
      done(code === null ? null : Object.assign(new Error('not now'), { responseCode: code }))
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : (mailFrom?.address ?? '')
        got.push({
          from,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
          greeted: String(session.hostNameAppearsAs),
        })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    got,
    url: `smtp://127.0.0.1:${port}`,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const mailerTo = (
  url: string | null,
  dataDir = folder,
  {
    head = null,
    ...further
  }: { readonly head?: string | null; readonly LATCHKEY_MAIL_ALLOW_PLAIN?: string } = {},
) => {
  const from = { LATCHKEY_MAIL_FROM: 'Latchkey <no-reply@a.example>', ...further }
  const env = url ? { LATCHKEY_MAIL_URL: url, ...from } : from
  const config = loadConfig(settingsGroups, { env })
  return createMailer({
    config,
    log: createLog('silent'),
    dataDir,
    publicUrl: 'https://a.example',
    texts,
    letterhead: async () => head,
  })
}

describe('the mailer', () => {
  let server: Awaited<ReturnType<typeof startServer>>
  let busy = 0
  before(async () => {
    server = await startServer((to) => {
      if (to.startsWith('nobody')) return 550
      if (!to.startsWith('busy') || busy <= 0) return null
      busy -= 1
      return 451
    })
  })
  after(() => server.stop())

  test('a real conversation: envelope, sender, stable id, both parts', async () => {
    const mailer = mailerTo(server.url)
    await mailer.send('out_1', letterFor({}))
    mailer.close()
    const got = server.got.at(-1)
    assert.deepEqual([got?.from, got?.to], ['no-reply@a.example', ['ada@example.com']])
    assert.equal(got?.greeted, 'a.example', 'with the host of the public address')
    const mail = await simpleParser(got?.raw ?? '')
    assert.equal(mail.messageId, '<out_1@a.example>')
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated')
    assert.ok(mail.text && mail.html)
  })

  test('a server beyond this machine that offers no TLS gets nothing, unless an operator allows it', async () => {
    // The same server, by an address that is not known to be this machine.
    const elsewhere = server.url.replace('127.0.0.1', '[::ffff:127.0.0.1]')
    const before = server.got.length
    const strict = mailerTo(elsewhere)
    await assert.rejects(strict.send('out_tls', letterFor({})), { code: 'ETLS' })
    strict.close()
    assert.equal(server.got.length, before)
    const lax = mailerTo(elsewhere, folder, { LATCHKEY_MAIL_ALLOW_PLAIN: 'true' })
    await lax.send('out_plain', letterFor({}))
    lax.close()
    assert.equal(server.got.length, before + 1)
  })

  test('no value adds a header or a recipient (attack A86)', async () => {
    const mailer = mailerTo(server.url)
    for (const [kind, name] of Object.entries(nasty)) {
      await mailer.send(`out_${kind}`, letterFor({ name }))
      const got = server.got.at(-1)
      assert.deepEqual(got?.to, ['ada@example.com'], kind)
      const mail = await simpleParser(got?.raw ?? '')
      const names = [
        'auto-submitted',
        'content-type',
        'date',
        'from',
        'message-id',
        'mime-version',
        'subject',
        'to',
      ]
      assert.deepEqual([...mail.headers.keys()].sort(), names, kind)
      assert.equal(mail.attachments.length, 0)
    }
    mailer.close()
  })

  test('the sender is named after the organisation, and no name of one adds a recipient', async () => {
    for (const head of ['Acme Harbour', nasty.header, nasty.markup]) {
      const mailer = mailerTo(server.url, folder, { head })
      await mailer.send('out_head', letterFor({}))
      mailer.close()
      const got = server.got.at(-1)
      assert.deepEqual([got?.from, got?.to], ['no-reply@a.example', ['ada@example.com']])
      const mail = await simpleParser(got?.raw ?? '')
      assert.equal(mail.from?.value.length, 1)
      assert.match(mail.from?.value[0]?.name ?? '', /^(Acme Harbour|Ada |<script>).*\(Latchkey\)$/)
      assert.equal(mail.bcc, undefined)
    }
  })

  test('a server that refuses twice and then accepts gets the mail once, by way of the table of work', async () => {
    const basis: Basis = await openBasis('sqlite')
    try {
      const mailer = mailerTo(server.url)
      for (const to of ['busy@example.com', 'nobody@example.com'])
        await enqueueLetter(basis.ctx, {
          userId: null,
          event: 'x',
          letter: { ...letterFor({}), to },
        })
      busy = 2
      for (let round = 0; round < 4; round += 1) {
        await workOffDue(basis.ctx, [letterWork(mailer)])
        basis.clock.advance(60_000)
      }
      mailer.close()
      assert.equal(server.got.filter(({ to }) => to[0] === 'busy@example.com').length, 1)
      const rows = (await rowsOf(basis.db, 'work')).map((row) => [row.state, row.attempts])
      assert.deepEqual(rows.sort(), [
        ['done', 3],
        ['failed', 1],
      ])
    } finally {
      await basis.stop()
    }
  })

  test('a server that never greets is given up long before the lease ends', {
    timeout: 20_000,
  }, async () => {
    const mute = createServer(() => undefined).listen(0, '127.0.0.1')
    await new Promise((resolve) => mute.once('listening', resolve))
    const mailer = mailerTo(`smtp://127.0.0.1:${(mute.address() as AddressInfo).port}`)
    const since = Date.now()
    await assert.rejects(mailer.send('out_x', letterFor({})))
    assert.ok(Date.now() - since < 8000)
    mailer.close()
    mute.close()
  })

  test('without a server mails become files that only their owner can read', async () => {
    const data = join(folder, 'data')
    await mailerTo(null, data).send('out_9', letterFor({}))
    assert.deepEqual(readdirSync(join(data, 'mail')), ['out_9.eml'])
    assert.equal(statSync(join(data, 'mail', 'out_9.eml')).mode & 0o777, 0o600)
    assert.equal(statSync(join(data, 'mail')).mode & 0o777, 0o700)
  })
})
