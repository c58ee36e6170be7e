import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latchkey, latchkeyAlone, type Said, type Where } from '#test/harness/cli.ts'
import { addApp, addPasskey, newcomer } from '#test/harness/factors.ts'
import type { Person } from '#test/harness/people.ts'
import { onEachEngine, type Scene } from '#test/harness/scene.ts'

/** As an operator runs it once the old address is gone. */
const moved = ({ app }: Scene): Where => ({
  dataDir: app.dataDir,
  settings: {
    LATCHKEY_PUBLIC_URL: 'https://new.example.com',
    ...(app.databaseUrl ? { LATCHKEY_DATABASE_URL: app.databaseUrl } : {}),
  },
})

const ask = (scene: Scene, ...words: readonly string[]): Promise<Said> =>
  latchkey(moved(scene), ...words)

const retire = (scene: Scene, ...words: readonly string[]) =>
  ask(scene, 'passkeys', 'retire', '--host', 'localhost', ...words, '--json')

onEachEngine('Passkeys of an address that is gone', (scene) => {
  const withKey = async (name: string): Promise<Person> => {
    const person = await newcomer(scene)
    await addPasskey(scene.app, person.browser, { name })
    return person
  }
  const mailsTo = async ({ email }: Person) =>
    (await scene.app.mails()).filter((mail) => mail.to === email && /gone/.test(mail.subject))
  /** As an account is that came without one. */
  const takePassword = ({ userId }: Person) =>
    scene.app.db
      .withTables<{ passwords: { user_id: string } }>()
      .deleteFrom('passwords')
      .where('user_id', '=', userId)
      .execute()

  test('nothing is removed of a host there is none of, or whose passkeys work', async () => {
    await withKey('Laptop')
    const none = await ask(scene, 'passkeys', 'retire', '--host', 'x.example.com', '--json')
    assert.deepEqual([none.code, none.json().removed], [1, false])
    assert.match(none.json().reason, /no passkey of x\.example\.com.*localhost/)
    const works = await ask(scene, 'passkeys', 'retire', '--host', 'NEW.example.com')
    assert.equal(works.code, 1)
    assert.match(works.stdout, /its passkeys work/)
    assert.equal((await ask(scene, 'passkeys', 'retire')).code, 2, 'without a host')
  })

  test('the start says what to do, and a look changes nothing', async () => {
    const started = await latchkeyAlone(moved(scene), 'start')
    assert.equal(started.code, 1)
    assert.match(started.stdout + started.stderr, /latchkey passkeys retire --host localhost/)
    const ada = await withKey('Phone')
    const said = await retire(scene, '--check')
    assert.equal(said.code, 0, said.stderr)
    const { removed, passkeys, people, withoutWayIn, withoutSecondFactor } = said.json()
    assert.deepEqual(
      [removed, passkeys, people, withoutWayIn, withoutSecondFactor],
      [false, 2, 2, 0, 2],
    )
    assert.equal((await ada.browser.do('passkeys.list')).body.passkeys.length, 1)
    assert.deepEqual(await mailsTo(ada), [])
  })

  test('nobody is left without a way in, unless the operator says so', async () => {
    const ada = await withKey('Only one')
    await takePassword(ada)
    const said = await retire(scene)
    assert.equal(said.code, 1)
    assert.deepEqual([said.json().removed, said.json().withoutWayIn], [false, 1])
    assert.equal((await ada.browser.do('passkeys.list')).body.passkeys.length, 1)
    const inWords = await ask(scene, 'passkeys', 'retire', '--host', 'localhost')
    assert.match(inWords.stdout, /^Without another way to sign in: 1 of them\.$/m)
    assert.match(inWords.stdout, /--even-the-last/)
  })

  test('they are removed, each person is told, and the start is free', async () => {
    const bea = await withKey('Key ring')
    await addApp(scene.app, bea.browser)
    const cleo = await withKey('Watch')
    const said = await retire(scene, '--even-the-last')
    assert.equal(said.code, 0, said.stdout + said.stderr)
    const { removed, passkeys, people, withoutWayIn } = said.json()
    assert.deepEqual([removed, passkeys, people, withoutWayIn], [true, 5, 5, 1])
    for (const { browser } of [bea, cleo])
      assert.deepEqual((await browser.do('passkeys.list')).body.passkeys, [])
    const [mail, ...more] = await mailsTo(bea)
    assert.deepEqual(more, [])
    assert.match(mail?.text ?? '', /no longer be reached at localhost.*“Key ring”/s)
    assert.doesNotMatch(mail?.text ?? '', /your password alone/)
    assert.match((await mailsTo(cleo))[0]?.text ?? '', /your password alone opens your account/)
    const { entries } = (await cleo.browser.do('activity.list')).body
    assert.deepEqual(
      entries.slice(0, 2).map((act: { event: string; actor: string }) => [act.event, act.actor]),
      [
        ['user.2fa:disabled', 'system'],
        ['user.passkey:retired', 'system'],
      ],
    )
    const kept = (await bea.browser.do('two-factor.read')).body
    assert.deepEqual([kept.isOn, kept.recoveryCodes?.remaining], [true, 10])
    assert.equal((await cleo.browser.do('two-factor.read')).body.recoveryCodes, null)
    const again = await retire(scene)
    assert.deepEqual([again.code, again.json().removed], [1, false])
    assert.doesNotMatch((await ask(scene, 'doctor')).stdout, /passkeys retire/)
  })
})
