import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latchkey, latchkeyAlone, type Said, type Where } from '#test/harness/cli.ts'
import { newcomer } from '#test/harness/factors.ts'
import { makeToken, withToken } from '#test/harness/keys.ts'
import { onEachEngine, type Scene } from '#test/harness/scene.ts'

const asked = ({ app }: Scene, input: string): Where => ({
  dataDir: app.dataDir,
  settings: app.databaseUrl ? { LATCHKEY_DATABASE_URL: app.databaseUrl } : {},
  input,
})

const ask = (scene: Scene, input: string, ...words: readonly string[]): Promise<Said> =>
  latchkey(asked(scene, input), ...words)

onEachEngine('Access tokens by command', (scene) => {
  test('one that works is told whose it is and what it may do, and is not shown again', async () => {
    const ada = await newcomer(scene)
    const { token, id } = await makeToken(ada, { scopes: ['account:read'] })
    const said = await latchkeyAlone(asked(scene, `${token}\n`), 'token', 'verify', '--json')
    assert.equal(said.code, 0, said.stderr)
    const { works, tokenId, email, scopes, state, lastUsedAt } = said.json()
    assert.deepEqual([works, tokenId, email, state], [true, id, ada.email, 'active'])
    assert.deepEqual([scopes, lastUsedAt], [['account:read'], null], 'looking is no use of it')
    assert.equal((said.stdout + said.stderr).includes(token), false)
    assert.match((await ask(scene, token, 'token', 'verify')).stdout, /^It works\.$/m)
  })

  test('what never was one, what was mistyped, and nothing at all are told apart', async () => {
    const { token } = await makeToken(await newcomer(scene))
    const mistyped = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
    for (const wrong of ['hello', mistyped]) {
      const said = await ask(scene, wrong, 'token', 'verify', '--json')
      assert.deepEqual([said.code, said.json().works], [1, false])
      assert.match(said.json().reason, /not an access token, or not all of one/)
    }
    const nothing = await ask(scene, '', 'token', 'verify')
    assert.equal(nothing.code, 2)
    assert.match(nothing.stderr, /needs the token on standard input/)
  })

  test('one that is revoked by its id is dead on the next request, and its person is told', async () => {
    const ada = await newcomer(scene)
    const { token, id } = await makeToken(ada)
    const program = withToken(scene.app, token)
    assert.equal((await program.do('account.me')).status, 200)
    const said = await ask(scene, '', 'token', 'revoke', id, '--json')
    assert.deepEqual([said.code, said.json()], [0, { ok: true, tokenId: id }])
    assert.equal((await program.do('account.me')).status, 401)
    const mail = (await scene.app.mails()).findLast((one) => one.to === ada.email)
    assert.match(mail?.text ?? '', /an operator of the installation revoked the access token/)
    const [act] = (await ada.browser.do('activity.list')).body.entries
    assert.deepEqual([act.event, act.actor, act.target], ['user.token:revoked', 'system', id])
    const dead = await ask(scene, token, 'token', 'verify', '--json')
    assert.deepEqual([dead.code, dead.json().state], [1, 'revoked'])
    assert.match(dead.json().reason, /it is revoked/)
    const again = await ask(scene, '', 'token', 'revoke', id, '--json')
    assert.equal(again.code, 1)
  })

  test('one that was found is ended by what was found', async () => {
    const ada = await newcomer(scene)
    const { token } = await makeToken(ada)
    const said = await ask(scene, token, 'token', 'leaked', '--json')
    assert.deepEqual([said.code, said.json().revoked], [0, true])
    assert.equal((await withToken(scene.app, token).do('account.me')).status, 401)
    const mail = (await scene.app.mails()).findLast((one) => one.to === ada.email)
    assert.match(mail?.subject ?? '', /found in the open/)
    assert.equal((await ask(scene, token, 'token', 'leaked')).code, 1)
  })

  test('one of a disabled person does not work', async () => {
    const ada = await newcomer(scene)
    const { token } = await makeToken(ada)
    assert.equal((await ask(scene, '', 'user', 'disable', ada.email)).code, 0)
    const said = await ask(scene, token, 'token', 'verify', '--json')
    assert.equal(said.code, 1)
    assert.match(said.json().reason, /disabled/)
  })
})
