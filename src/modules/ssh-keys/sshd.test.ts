import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { writeNotes } from '#platform/activity-notes/notes.ts'
import { startApp, type TestApp } from '#test/harness/app.ts'
import { type Person, setUpOwner } from '#test/harness/people.ts'
import { confirm, days } from '#test/harness/scene.ts'
import { makeKeyPair } from '#test/harness/ssh-keys.ts'
import {
  type Asking,
  complaintsAbout,
  type Sshd,
  startSshd,
  withoutRoot,
  withoutSshd,
} from '#test/harness/sshd.ts'
import type { SshKey } from './contract.ts'

const methods: readonly (readonly [string, Asking, string | false])[] = [
  ['with one line of curl', { by: 'curl' }, withoutSshd],
  ['with the script of the guide', { by: 'script', standInMinutes: 0 }, withoutSshd || withoutRoot],
]

const username = 'ada'

/** The product with one account, and a server that asks it. `problem` says why there is no server. */
type Services = { app: TestApp; ada: Person; sshd: Sshd | null; problem: string }

const prepare = async (asking: Asking): Promise<Services> => {
  const app = await startApp({ engine: 'sqlite' })
  const ada = await setUpOwner(app)
  const chosen = await ada.browser.do('account.choose-username', { username })
  assert.equal(chosen.status, 200, chosen.text)
  // The Unix account is that of the user who runs the test; the requested name is hers.
  const list = new URL(`/keys/${username}`, app.url)
  try {
    return { app, ada, sshd: await startSshd(list, asking), problem: '' }
  } catch (error) {
    return { app, ada, sshd: null, problem: String(error) }
  }
}

const add = async ({ ada }: Services, publicKey: string, more: object = {}): Promise<SshKey> => {
  await confirm(ada)
  const answer = await ada.browser.do('ssh-keys.add', { publicKey, ...more })
  assert.equal(answer.status, 200, answer.text)
  return answer.body
}

for (const [how, asking, skip] of methods)
  describe(`a real sshd that asks for keys ${how}`, { skip }, () => {
    let services: Services
    before(async () => {
      services = await prepare(asking)
    })
    after(async () => {
      await services?.sshd?.stop()
      await services?.app.stop()
    })
    type Story = (services: Services & { readonly sshd: Sshd }) => Promise<void>
    const story = (title: string, body: Story): void => {
      test(title, async (t) => {
        const { sshd, problem } = services
        if (sshd) await body({ ...services, sshd })
        else t.skip(problem)
      })
    }

    for (const type of ['ed25519', 'ecdsa', 'rsa'])
      story(
        `lets in with an ${type} key that was added, and no longer once it is deleted`,
        async (given) => {
          const { publicKey, privateKey } = makeKeyPair('-t', type)
          assert.equal(await given.sshd.letsIn(privateKey), false, 'before it was added')
          const { id } = await add(given, publicKey)
          assert.ok(await given.sshd.letsIn(privateKey), given.sshd.log())
          await writeNotes(given.app.db)
          const { body } = await given.ada.browser.do('ssh-keys.list')
          assert.notEqual(body.keys[0].lastUsedAt, null)
          await given.ada.browser.do('ssh-keys.remove', { keyId: id })
          assert.equal(await given.sshd.letsIn(privateKey), false, 'after it was deleted')
        },
      )

    story('refuses a key from the moment it expires', async (given) => {
      const { app, sshd } = given
      const { publicKey, privateKey } = makeKeyPair('-t', 'ed25519')
      const expiresAt = new Date(app.clock.now() + days(1)).toISOString()
      await add(given, publicKey, { expiresAt })
      assert.ok(await sshd.letsIn(privateKey), sshd.log())
      app.clock.advance(days(1))
      assert.equal(await sshd.letsIn(privateKey), false)
    })
  })

describe('the guide', { skip: withoutSshd }, () => {
  const guide = readFileSync(new URL('../../../docs/guides/ssh.md', import.meta.url), 'utf8')
  const blocks = [...guide.matchAll(/```sshd_config\n([\s\S]*?)```/g)].map(([, text = '']) => text)

  test('shows configurations that sshd takes', () => {
    assert.equal(blocks.length, 3)
    for (const block of blocks) assert.equal(complaintsAbout(block), '')
    assert.match(complaintsAbout('AuthorizedKeyCommand /x'), /Bad configuration option/)
  })
})

describe('a real sshd while the product is away', { skip: withoutSshd || withoutRoot }, () => {
  for (const [standInMinutes, outcome] of [
    [0, false],
    [60, true],
  ] as const)
    test(`with the last answer standing in for ${standInMinutes} minutes: let in is ${outcome}`, async (t) => {
      const services = await prepare({ by: 'script', standInMinutes })
      const { app, ada, sshd, problem } = services
      if (!sshd) {
        await app.stop()
        return t.skip(problem)
      }
      let isAway = false
      try {
        const [known, gone, unknown] = [1, 2, 3].map(() => makeKeyPair('-t', 'ed25519'))
        assert.ok(known && gone && unknown)
        await add(services, known.publicKey)
        const { id } = await add(services, gone.publicKey)
        assert.ok(await sshd.letsIn(known.privateKey), sshd.log())
        assert.ok(await sshd.letsIn(gone.privateKey), sshd.log())
        await ada.browser.do('ssh-keys.remove', { keyId: id })
        assert.equal(await sshd.letsIn(gone.privateKey), false)
        await app.stop()
        isAway = true
        assert.equal(await sshd.letsIn(known.privateKey), outcome)
        assert.equal(await sshd.letsIn(gone.privateKey), false, 'what was deleted stays out')
        assert.equal(await sshd.letsIn(unknown.privateKey), false)
      } finally {
        await sshd.stop()
        if (!isAway) await app.stop()
      }
    })
})
