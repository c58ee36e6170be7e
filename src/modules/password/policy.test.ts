import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { tokenIn } from '#test/harness/mails.ts'
import { joinAs, type Person, signIn } from '#test/harness/people.ts'
import { assertRefused, faultsIn, fromElsewhere, onEachEngine } from '#test/harness/scene.ts'

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase()

onEachEngine('what a password must be', (scene) => {
  const assess = async (password: string, person: object = {}) => {
    const browser = scene.app.newBrowser()
    const answer = await browser.do('password.assess', { password, ...person }, fromElsewhere())
    assert.equal(answer.status, 200, answer.text)
    return answer.body as {
      acceptable: boolean
      score: number
      weaknesses: string[]
      lengthMin: number
    }
  }
  const start = ({ email }: Person, password: string) =>
    scene.app.newBrowser().do('sign-in.start', { email, password }, fromElsewhere())

  const good: readonly [string, string][] = [
    ['all lower case', 'granite lantern orchard'],
    ['eight characters that mean nothing', 'kT9#vq2L'],
    ['words in another script', 'жовтий човен пливе до гори'],
    ['fifteen different emoji', '🦊🌋🧊🪁🛶🥝🎺🧭🪵🐙🦔🍋🪐🎣🧶'],
    ['blanks around and within', '  ferry  kettle  moss '],
    ['128 characters', 'plum river tin 7 '.repeat(8).slice(0, 128)],
    ['no digit, no sign, no capital', 'unabatedwillowforty'],
  ]
  for (const [what, password] of good)
    test(`${what} will do: there is no rule of composition`, async () => {
      const found = await assess(password)
      assert.deepEqual(found.weaknesses, [])
      assert.equal(found.acceptable, true)
      assert.ok(found.score >= 2)
    })

  const bad: readonly [string, string, string][] = [
    ['seven characters', 'kT9#vq2', 'too_short'],
    ['seven emoji, which are seven characters', '🦊🌋🧊🪁🛶🥝🎺', 'too_short'],
    ['a common one', 'password1', 'common'],
    ['a common one in capitals', 'PASSWORD1', 'common'],
    ['a common one in mixed case', 'iLoveYou123', 'common'],
    ['fifteen blanks', ' '.repeat(15), 'guessable'],
    ['fifteen times one emoji', '🦊'.repeat(15), 'guessable'],
    ['a row of the keyboard', "asdfghjkl;'", 'guessable'],
    ['the alphabet', 'abcdefghijklmnop', 'guessable'],
    ['the name of the product', 'latchkey1', 'personal'],
  ]
  for (const [what, password, why] of bad)
    test(`${what} is refused as ${why}`, async () => {
      const found = await assess(password)
      assert.ok(found.weaknesses.includes(why), JSON.stringify(found))
      assert.equal(found.acceptable, false)
    })

  test('what is made of your name or address is refused, for you', async () => {
    const about = { name: 'Marguerite Duval', email: 'm.duval@kestrel.example' }
    for (const password of [
      'marguerite9',
      'DUVAL-duval',
      'kestrel2026',
      'Marguerite Duval',
      'duval@kestrel',
    ])
      assert.ok((await assess(password, about)).weaknesses.includes('personal'), password)
    assert.equal((await assess('duval-granite-lantern', about)).acceptable, true)
  })

  const own: readonly [string, object][] = [
    ['ada@example.com', { name: 'Ada Lovelace', email: 'ada@example.com' }],
    ['ada2@example.com', { name: 'Ada Lovelace', email: 'ada@example.com' }],
    ['ADA2@EXAMPLE.COM', { name: 'Ada Lovelace', email: 'ada@example.com' }],
    [
      'jonathan.livingston@example.com',
      { name: 'Jonathan Livingston', email: 'jonathan.livingston@example.com' },
    ],
    ['Jonathan Livingston', { name: 'Jonathan Livingston', email: 'jl@kestrel.example' }],
    ['boblee12', { name: 'Bob Lee', email: 'bl@kestrel.example' }],
    ['joseangstrom', { name: 'José Ångström', email: 'ja@kestrel.example' }],
  ]
  for (const [password, person] of own)
    test(`“${password}” is refused for who is called or reached that way`, async () => {
      const found = await assess(password, person)
      assert.ok(found.weaknesses.includes('personal'), JSON.stringify(found))
      assert.equal(found.acceptable, false)
    })

  test('the name of the organisation and of the host are refused for everybody', async () => {
    for (const password of ['acme.acme.acme', 'Localhost-2026'])
      assert.ok((await assess(password)).weaknesses.includes('personal'), password)
    assert.equal((await assess('acme-granite-lantern')).acceptable, true)
  })

  test('whoever is signed in is meant without saying so; a mailed link speaks for its owner', async () => {
    const weak = async (
      input: { password: string; token?: string },
      browser = scene.app.newBrowser(),
    ) => (await browser.do('password.assess', input, fromElsewhere())).body.weaknesses as string[]
    const { email, browser } = scene.owner
    const password = email.toUpperCase()
    assert.ok(!(await weak({ password })).includes('personal'), 'a stranger has no address')
    assert.ok((await weak({ password }, browser)).includes('personal'))
    await scene.app.newBrowser().do('password.request-reset', { email }, fromElsewhere())
    const token = tokenIn((await scene.app.mails()).at(-1))
    assert.ok((await weak({ password, token })).includes('personal'))
    assert.ok(!(await weak({ password, token: 'x'.repeat(43) })).includes('personal'))
    await browser.do('people.invite', { email: 'grace.hopper@example.com', role: 'member' })
    const invited = tokenIn((await scene.app.mails()).at(-1))
    const own = { password: 'Grace-Hopper-2026', token: invited }
    assert.ok((await weak(own)).includes('personal'))
    assert.ok(!(await weak({ password: 'granite lantern orchard', token: invited })).length)
  })

  test('every reason is named at once', async () => {
    const { weaknesses } = await assess('ada')
    assert.deepEqual(weaknesses, ['too_short', 'guessable'])
    assert.deepEqual((await assess('')).weaknesses, ['too_short', 'guessable'])
  })

  test('the same rules hold where it counts: a change is refused with each reason', async () => {
    const { browser, password } = scene.owner
    const change = (newPassword: string) =>
      browser.do('password.change', { currentPassword: password, newPassword })
    const refused = await change('Example123')
    assertRefused(refused, 422, 'password.too_weak')
    assert.ok(faultsIn(refused).includes('/newPassword personal'), refused.text)
    for (const own of [scene.owner.email, `${scene.owner.email.toUpperCase()}1`])
      assert.ok(faultsIn(await change(own)).includes('/newPassword personal'), own)
    assert.ok(faultsIn(await change('iloveyou')).includes('/newPassword common'))
    assert.ok(faultsIn(await change('short 1')).includes('/newPassword too_short'))
    assertRefused(await change('x'.repeat(129)), 400, 'http.invalid_input')
  })

  test('one typed on another keyboard, in another Unicode form, is the same password', async () => {
    const inviter = { ...scene.owner, browser: await signIn(scene.app, scene.owner) }
    const ben = await joinAs(scene.app, inviter, 'Ben')
    const composed = 'Crème brûlée à l’été №7'.normalize('NFC')
    const decomposed = composed.normalize('NFD')
    assert.notEqual(composed, decomposed)
    const input = { currentPassword: ben.password, newPassword: decomposed }
    assert.equal((await ben.browser.do('password.change', input)).status, 200)
    for (const typed of [composed, decomposed]) assert.equal((await start(ben, typed)).status, 200)
    const same = await ben.browser.do('password.change', {
      currentPassword: composed,
      newPassword: decomposed,
    })
    assert.deepEqual(faultsIn(same), ['/newPassword same'])
    for (const typed of [`${composed} `, composed.toLowerCase(), composed.normalize('NFKC')])
      assertRefused(await start(ben, typed), 401, 'sign-in.failed')
  })

  test('the meter takes one text and keeps nothing', async () => {
    const canary = 'canary-meter-text-93'
    await assess(canary)
    for (const password of [[canary], { a: 1 }, 5, null, 'x'.repeat(129)])
      assertRefused(
        await scene.app.newBrowser().do('password.assess', { password }, fromElsewhere()),
        400,
        'http.invalid_input',
      )
    assert.ok(!scene.app.logLines.join('').includes(canary))
  })
})

/** What the stub answers next; each request it got is kept. */
const requests: IncomingMessage[] = []
let answerRange: (response: ServerResponse, prefix: string) => void = (response) => response.end('')
const service = createServer((request, response) => {
  requests.push(request)
  answerRange(response, (request.url ?? '').slice('/range/'.length))
}).listen(0, '127.0.0.1')
await once(service, 'listening')
after(() => {
  service.closeAllConnections()
  service.close()
})

onEachEngine(
  'asking a breach service',
  (scene) => {
    const leaked = 'thimble-carousel-58-anvil'
    const change = (newPassword: string) =>
      scene.owner.browser.do('password.change', {
        currentPassword: scene.owner.password,
        newPassword,
      })
    const warnings = () =>
      scene.app.logLines.filter((line) => line.includes('breach service')).length

    test('a password it knows is refused, and it learns five characters only', async () => {
      requests.length = 0
      answerRange = (response, prefix) => {
        assert.equal(prefix, sha1(leaked).slice(0, 5))
        response.end(`${'0'.repeat(35)}:3\r\n${sha1(leaked).slice(5)}:17\r\n`)
      }
      const refused = await change(leaked)
      assertRefused(refused, 422, 'password.too_weak')
      assert.deepEqual(faultsIn(refused), ['/newPassword breached'])
      assert.equal(requests.length, 1)
      assert.match(requests[0]?.url ?? '', /^\/range\/[0-9A-F]{5}$/)
      assert.equal(requests[0]?.headers['add-padding'], 'true')
      assert.equal(requests[0]?.headers.cookie, undefined)
    })

    test('padding, which counts zero times, is no hit', async () => {
      answerRange = (response) => response.end(`${sha1(leaked).slice(5)}:0\r\n`)
      const done = await change(leaked)
      assert.equal(done.status, 200, done.text)
      scene.owner = { ...scene.owner, password: leaked }
    })

    test('what the local list refuses is never sent anywhere', async () => {
      requests.length = 0
      assertRefused(await change('password1'), 422, 'password.too_weak')
      assert.equal(requests.length, 0)
    })

    const outages: readonly [string, (response: ServerResponse) => void][] = [
      ['is down', (response) => response.writeHead(503).end()],
      ['hangs up', (response) => void response.destroy()],
      ['never answers', () => undefined],
      ['sends us elsewhere', (response) => response.writeHead(302, { location: '/x' }).end()],
    ]
    for (const [index, [what, answer]] of outages.entries())
      test(`when it ${what}, the local list alone decides, and the log says so`, async () => {
        answerRange = answer
        const before = warnings()
        const since = performance.now()
        const done = await change(`sandstone-${index}-violet-kettle`)
        assert.equal(done.status, 200, done.text)
        assert.ok(performance.now() - since < 3000, 'nobody waits for it')
        assert.equal(warnings(), before + 1)
        scene.owner = { ...scene.owner, password: `sandstone-${index}-violet-kettle` }
        if (index === 0) assertRefused(await change('password1'), 422, 'password.too_weak')
      })
  },
  {
    settings: {
      LATCHKEY_PASSWORD_BREACH_CHECK: 'true',
      LATCHKEY_PASSWORD_BREACH_URL: `http://127.0.0.1:${(service.address() as AddressInfo).port}/range/`,
    },
  },
)
