import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinAs, type Person } from '#test/harness/people.ts'
import {
  activityOf,
  announcedBy,
  assertRefused,
  faultsIn,
  onEachEngine,
  times,
} from '#test/harness/scene.ts'

onEachEngine('your profile', (scene) => {
  const read = async (person: Person = scene.owner) => {
    const answer = await person.browser.do('account.read-profile')
    assert.equal(answer.status, 200, answer.text)
    return answer.body
  }
  const update = (input: object, person: Person = scene.owner) =>
    person.browser.do('account.update-profile', input as Record<string, unknown>)

  test('shows who you are and the organisation you work in', async () => {
    assert.deepEqual(await read(), {
      userId: scene.owner.userId,
      name: 'Ada',
      email: 'ada@example.com',
      username: null,
      jobTitle: null,
      website: null,
      phone: null,
      pictureUrl: null,
      organisation: { name: 'Acme', website: null, role: 'owner' },
    })
  })

  test('changes what is given and leaves the rest', async () => {
    await update({ jobTitle: 'Engineer', phone: '+44 20 7946 0000' })
    const done = await update({ website: 'https://ada.example.com/about?x=1#y' })
    assert.equal(done.status, 200, done.text)
    const { name, jobTitle, website, phone } = await read()
    assert.deepEqual(
      { name, jobTitle, website, phone },
      {
        name: 'Ada',
        jobTitle: 'Engineer',
        website: 'https://ada.example.com/about?x=1#y',
        phone: '+44 20 7946 0000',
      },
    )
    assert.deepEqual(done.body, await read())
  })

  test('an empty field is cleared; blanks around are dropped', async () => {
    await update({ jobTitle: '  Chief   Engineer ', phone: ' 0123456 ' })
    assert.deepEqual(
      [(await read()).jobTitle, (await read()).phone],
      ['Chief   Engineer', '0123456'],
    )
    await update({ jobTitle: '', website: '', phone: '' })
    const { jobTitle, website, phone } = await read()
    assert.deepEqual([jobTitle, website, phone], [null, null, null])
  })

  test('what was read can be sent back as it is, null for what there is none of', async () => {
    await update({ jobTitle: 'Engineer', website: 'https://ada.example.com', phone: '0123456' })
    const full = await read()
    const editable = ({ name, jobTitle, website, phone }: typeof full) => ({
      ...{ name, jobTitle, website, phone },
    })
    assert.deepEqual((await update(editable(full))).body, full)
    const empty = { ...editable(full), jobTitle: null, website: null, phone: null }
    assert.deepEqual((await update(empty)).body, { ...full, ...empty })
    assert.equal((await update({ name: null })).status, 400)
  })

  test('what cannot be used is said once for each field, with what is wanted', async () => {
    const refused = await update({ jobTitle: 5, website: 'example', phone: 'call me' })
    assert.deepEqual(
      refused.body.fields.map((one: { pointer: string; message: string }) =>
        [one.pointer, one.message].join(' '),
      ),
      [
        '/jobTitle must be a text of 1 to 100 characters, or null',
        '/website must be an address like https://example.com, with a full host name',
        '/phone takes digits, blanks and + ( ) . - only, 3 or more',
      ],
    )
  })

  test('a new name is seen at once, everywhere', async () => {
    const ben = await joinAs(scene.app, scene.owner, 'Ben')
    await update({ name: '  Bénédicte Ōta-O’Neill  ' }, ben)
    assert.equal((await ben.browser.do('account.me')).body.name, 'Bénédicte Ōta-O’Neill')
    const { body } = await scene.owner.browser.do('people.list')
    assert.ok(body.people.some((one: { name: string }) => one.name === 'Bénédicte Ōta-O’Neill'))
  })

  test('the trail names the fields that changed, and not their values', async () => {
    const written = await announcedBy(scene.owner.browser, () =>
      update({ name: 'Ada Canary', jobTitle: 'Canary keeper' }),
    )
    assert.deepEqual(written, ['user.profile:updated success'])
    const [newest] = await activityOf(scene.owner.browser)
    assert.deepEqual(newest?.data, { fields: ['name', 'jobTitle'] })
    assert.ok(!JSON.stringify(newest).includes('Canary'))
  })

  test('when nothing changes, nothing is announced', async () => {
    const { name, jobTitle } = await read()
    const written = await announcedBy(scene.owner.browser, async () => {
      for (const input of [
        {},
        { name },
        { name: ` ${name} `, jobTitle },
        { website: '' },
        { phone: ' ' },
      ])
        assert.equal((await update(input)).status, 200)
    })
    assert.deepEqual(written, [])
  })

  test('a refused change announces nothing and changes nothing, not even the good half', async () => {
    const before = await read()
    const written = await announcedBy(scene.owner.browser, async () => {
      const refused = await update({ name: 'Somebody', website: 'javascript:alert(1)' })
      assertRefused(refused, 400, 'http.invalid_input')
      assert.match(faultsIn(refused).join(), /^\/website /)
    })
    assert.deepEqual(written, [])
    assert.deepEqual(await read(), before)
  })

  const names: readonly [string, unknown][] = [
    ['nothing', ''],
    ['only blanks', '   '],
    ['101 characters', 'x'.repeat(101)],
    ['a line break', 'Ada\nBcc: eve@example.com'],
    ['a null byte', 'Ada\u0000'],
    ['an escape', 'Ada\u001b[31m'],
    ['a direction override', 'Ada\u202egnp.exe'],
    ['a letter that is blank', '\u3164'],
    ['nothing but joiners and soft hyphens', '\u00ad\u2060 \u200d\ufeff'],
    ['a direction isolate', 'Ada\u2067x\u2069'],
    ['a line separator', 'Ada\u2028x'],
    ['a number', 7],
    ['a list', ['Ada']],
    ['an object', { toString: 'Ada' }],
    ['null', null],
  ]
  for (const [what, name] of names)
    test(`a name that is ${what} is refused, with the place`, async () => {
      const refused = await update({ name })
      assertRefused(refused, 400, 'http.invalid_input')
      assert.match(faultsIn(refused).join(), /^\/name /)
    })

  const websites: readonly unknown[] = [
    'javascript:alert(1)',
    'JaVaScRiPt://example.com/%0aalert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'ftp://example.com',
    '//example.com',
    'example.com',
    'https://',
    'https://exa mple.com',
    'http://user\u202e@example.com',
    'https://bank.example@evil.example/',
    'https://example.com/\u202egnp.exe',
    'https:\\\\example.com',
    'https:example.com',
    `https://example.com/${'x'.repeat(200)}`,
    ['https://example.com'],
  ]
  for (const website of websites)
    test(`${JSON.stringify(website).slice(0, 50)} is no website`, async () => {
      assertRefused(await update({ website }), 400, 'http.invalid_input')
    })

  test('what is no phone number is refused', async () => {
    for (const phone of ['call me', '12', '+', '<b>1234</b>', '1'.repeat(31), '123\n456', 5])
      assertRefused(await update({ phone }), 400, 'http.invalid_input')
  })

  test('no user sets what is not theirs to set', async () => {
    for (const extra of [
      { role: 'owner' },
      { email: 'eve@example.com' },
      { userId: 'usr_1' },
      { pictureUrl: 'https://evil.example/x.png' },
      { organisation: { name: 'Evil' } },
      { disabledAt: null },
      { __proto__: { role: 'owner' }, constructor: {} },
    ])
      assertRefused(await update({ name: 'Ada', ...extra }), 400, 'http.invalid_input')
    assertRefused(
      await scene.owner.browser.fetch({
        method: 'PATCH',
        path: '/api/v1/account/profile',
        headers: { 'content-type': 'application/json' },
        body: '{"__proto__":{"role":"owner"},"name":"Ada"}',
      }),
      400,
      'http.invalid_input',
    )
  })

  test('text that looks like code is kept as text', async () => {
    const name = `<img src=x onerror=alert(1)> {{7*7}} ' or 1=1 --`
    assert.equal((await update({ name })).status, 200)
    assert.equal((await read()).name, name)
    assert.ok(!scene.app.logLines.join('').includes('onerror'))
  })

  test('ten changes at once all end well, and the last one stands whole', async () => {
    const answers = await Promise.all(
      times(10, (index) => update({ name: `Name ${index}`, jobTitle: `Title ${index}` })),
    )
    for (const answer of answers) assert.equal(answer.status, 200, answer.text)
    const { name, jobTitle } = await read()
    assert.equal(name.replace('Name', 'Title'), jobTitle, 'no mixture of two changes')
  })

  test('a stranger sees and changes nothing', async () => {
    const visitor = scene.app.newBrowser()
    for (const name of ['account.me', 'account.read-profile', 'account.update-profile'])
      assertRefused(await visitor.do(name, {}), 401, 'auth.sign_in_required')
  })
})
