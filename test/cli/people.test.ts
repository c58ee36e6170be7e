import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrailTables } from '#platform/events/tables.ts'
import { latchkey, latchkeyAlone, type Said, type Where } from '#test/harness/cli.ts'
import { tokenIn } from '#test/harness/mails.ts'
import { joinAs, passwordOf, signIn } from '#test/harness/people.ts'
import { isSignedIn, onEachEngine, type Scene } from '#test/harness/scene.ts'

const besideSettings = ({ app }: Scene): Record<string, string> => ({
  LATCHKEY_PUBLIC_URL: app.url,
  ...(app.databaseUrl ? { LATCHKEY_DATABASE_URL: app.databaseUrl } : {}),
})

const installationOf = (scene: Scene): Where => ({
  dataDir: scene.app.dataDir,
  settings: besideSettings(scene),
})

/** The command beside the running product, as an operator types it. */
const beside = (scene: Scene, ...words: readonly string[]): Promise<Said> =>
  latchkey(installationOf(scene), ...words)

const newestEntries = ({ app }: Scene, count: number) =>
  app.db
    .withTables<TrailTables>()
    .selectFrom('audit_entries')
    .select(['code', 'actor_kind', 'actor_id', 'user_id', 'request_id'])
    .orderBy('seq', 'desc')
    .limit(count)
    .execute()

const fragmentOf = (link: string): URLSearchParams =>
  new URLSearchParams(new URL(link).hash.slice(1))

onEachEngine(
  'The first account',
  (scene) => {
    test('is never made by a command: it prints the link that creates it, and that link works', async () => {
      const words = ['user', 'create', '--email', 'ada@example.com', '--json']
      const said = await latchkeyAlone(installationOf(scene), ...words)
      assert.equal(said.code, 0, said.stderr)
      const { setupLink } = said.json()
      assert.ok(setupLink.startsWith(`${scene.app.url}/setup#code=cfs_`))
      const owner = { organisationName: 'Acme', name: 'Ada', email: 'ada@example.com' }
      const password = passwordOf('quartz')
      const stale = { ...owner, code: scene.app.setupCode, password }
      assert.equal((await scene.app.newBrowser().do('sign-in.set-up', stale)).status, 403)
      const fresh = { ...owner, code: fragmentOf(setupLink).get('code'), password }
      assert.equal((await scene.app.newBrowser().do('sign-in.set-up', fresh)).status, 200)
    })
  },
  { isSetUp: false },
)

onEachEngine('People by command', (scene) => {
  test('a link that is printed lets somebody in, once, with a password of their own', async () => {
    const words = ['--email', 'Bea@Example.com', '--name', 'Bea Smith', '--role', 'admin', '--json']
    const said = await beside(scene, 'user', 'create', ...words)
    assert.equal(said.code, 0, said.stderr)
    const { link, email, role, mailed } = said.json()
    assert.deepEqual([email, role, mailed], ['bea@example.com', 'admin', false])
    const given = fragmentOf(link)
    assert.equal(given.get('name'), 'Bea Smith')
    const input = { token: given.get('token'), name: 'Bea Smith', password: passwordOf('bea') }
    assert.equal((await scene.app.newBrowser().do('sign-in.join', input)).status, 200)
    assert.notEqual((await scene.app.newBrowser().do('sign-in.join', input)).status, 200)
    const [joined, invited] = (await newestEntries(scene, 3)).filter((entry) =>
      ['user:joined', 'organisation.people:invited'].includes(entry.code),
    )
    assert.equal(joined?.code, 'user:joined')
    assert.deepEqual(
      [invited?.actor_kind, invited?.actor_id, invited?.request_id],
      ['system', null, 'cli'],
    )
  })

  test('--invite mails the link and does not show it', async () => {
    const said = await beside(scene, 'user', 'create', '--email', 'cy@example.com', '--invite')
    assert.equal(said.code, 0, said.stderr)
    assert.doesNotMatch(said.stdout + said.stderr, /token=/)
    const mail = (await scene.app.mails()).findLast((one) => one.to === 'cy@example.com')
    assert.match(mail?.subject ?? '', /invited to Acme/)
    const input = { token: tokenIn(mail), name: 'Cy', password: passwordOf('cy') }
    assert.equal((await scene.app.newBrowser().do('sign-in.join', input)).status, 200)
  })

  test('somebody who is here already, and an address that is none, are refused', async () => {
    const again = await beside(scene, 'user', 'create', '--email', scene.owner.email, '--json')
    assert.deepEqual([again.code, again.json().error.code], [1, 'people.already_member'])
    const none = await beside(scene, 'user', 'create', '--email', 'not-one', '--json')
    assert.deepEqual([none.code, none.json().error.code], [1, 'people.address_invalid'])
  })

  test('where nobody may join, no link is made that would not work', async () => {
    const settings = { LATCHKEY_SIGN_IN_SIGN_UP: 'closed', ...besideSettings(scene) }
    const where = { dataDir: scene.app.dataDir, settings }
    const said = await latchkey(where, 'user', 'create', '--email', 'zoe@example.com', '--json')
    assert.deepEqual([said.code, said.json().error.code], [1, 'people.closed'])
  })

  test('the list pages by key, to the end with --all, and shows no secret', async () => {
    const first = (await beside(scene, 'user', 'list', '--limit', '2', '--json')).json()
    assert.equal(first.people.length, 2)
    const rest = await beside(scene, 'user', 'list', '--after', first.next, '--json')
    const all = await beside(scene, 'user', 'list', '--all', '--limit', '1', '--json')
    assert.deepEqual(all.json().people, [...first.people, ...rest.json().people])
    // Servers let people in by it: their administrators have to know whose it is.
    assert.ok(all.json().people.every((one: object) => 'username' in one))
    assert.deepEqual([all.json().next, all.json().ok], [null, true])
    const emails = all.json().people.map((one: { email: string }) => one.email)
    assert.deepEqual(emails, [scene.owner.email, 'bea@example.com', 'cy@example.com'])
    assert.doesNotMatch(all.stdout, /argon2|hash|epoch/)
    const text = await beside(scene, 'user', 'list', '--limit', '2')
    assert.match(text.stdout, /^ada@example\.com {2}owner {2}Ada$/m)
    assert.match(text.stdout, /^More: latchkey user list --limit 2 --after \S+$/m)
  })

  test('disabling ends open sessions on the running server at once; enabling lets them sign in again', async () => {
    const dot = await joinAs(scene.app, scene.owner, 'Dot')
    assert.equal(await isSignedIn(scene.app, dot.browser), true)
    const said = await beside(scene, 'user', 'disable', dot.email, '--json')
    assert.deepEqual([said.code, said.json().wasDisabled], [0, false])
    assert.equal(await isSignedIn(scene.app, dot.browser), false)
    await assert.rejects(signIn(scene.app, dot))
    const [entry] = await newestEntries(scene, 5).then((all) =>
      all.filter((one) => one.code === 'user:disabled'),
    )
    assert.deepEqual([entry?.actor_kind, entry?.user_id], ['system', dot.userId])
    assert.equal(
      (await beside(scene, 'user', 'disable', dot.email, '--json')).json().wasDisabled,
      true,
    )
    assert.match((await beside(scene, 'user', 'list')).stdout, /dot@example\.com .*\(disabled\)/)
    assert.equal((await beside(scene, 'user', 'enable', dot.email)).code, 0)
    await signIn(scene.app, dot)
    assert.equal(await isSignedIn(scene.app, dot.browser), false, 'an ended session came back')
  })

  test('the last owner is refused, by the rule the page goes through', async () => {
    const said = await beside(scene, 'user', 'disable', scene.owner.email, '--json')
    assert.deepEqual([said.code, said.json().error.code], [1, 'people.last_owner'])
    assert.match(said.stderr, /An organisation needs an owner/)
    assert.equal(await isSignedIn(scene.app, scene.owner.browser), true)
  })

  test('nobody is found under an unknown address', async () => {
    for (const verb of ['disable', 'enable']) {
      const said = await beside(scene, 'user', verb, 'nobody@example.com', '--json')
      assert.deepEqual([said.code, said.json().error.code], [1, 'people.not_found'])
    }
  })
})
