import assert from 'node:assert/strict'
import { argon2Sync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import { joinByMail, type Person, signIn } from '#test/harness/people.ts'
import { assertRefused, fromElsewhere, onEachEngine } from '#test/harness/scene.ts'

const current = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')

/** As an older version, or another product with the same pepper, would have stored it. */
const olderHash = (
  password: string,
  pepper: Uint8Array,
  cost: { memory: number; passes: number },
) => {
  const nonce = randomBytes(16)
  const tag = argon2Sync('argon2id', {
    message: Buffer.from(password.normalize('NFC')),
    nonce,
    parallelism: 1,
    tagLength: 32,
    secret: pepper,
    ...cost,
  })
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=1$${base64(nonce)}$${base64(tag)}`
}

onEachEngine(
  'how the password is stored',
  (scene) => {
    let ben: Person
    const storedOf = async ({ userId }: Person): Promise<string> => {
      const { rows } = await sql<{ phc: string }>`
      select phc from passwords where user_id = ${userId}`.execute(scene.app.db)
      return rows[0]?.phc ?? ''
    }
    const store = ({ userId }: Person, phc: string) =>
      sql`update passwords set phc = ${phc} where user_id = ${userId}`.execute(scene.app.db)
    const pepper = () => scene.app.app.services.keys.version('pepper', 1)
    const start = (password: string) =>
      scene.app.newBrowser().do('sign-in.start', { email: ben.email, password }, fromElsewhere())

    test('as Argon2id with at least 19 MiB and two passes, a salt of its own, and nothing else', async () => {
      ben = await joinByMail(scene.app, scene.owner, 'Ben')
      assert.match(await storedOf(ben), current)
      const twin = await joinByMail(scene.app, scene.owner, 'Cleo')
      assert.equal(twin.password, ben.password)
      assert.notEqual(await storedOf(twin), await storedOf(ben))
    })

    test('a hash alone is worth nothing without the key file: it is peppered', async () => {
      const phc = await storedOf(ben)
      const [, , , , salt = '', tag = ''] = phc.split('$')
      const bare = argon2Sync('argon2id', {
        message: Buffer.from(ben.password),
        nonce: Buffer.from(salt, 'base64'),
        parallelism: 1,
        tagLength: 32,
        memory: 19_456,
        passes: 2,
      })
      assert.notEqual(base64(bare), tag)
    })

    for (const cost of [
      { memory: 19_456, passes: 1 },
      { memory: 7168, passes: 5 },
    ])
      test(`one from when ${cost.memory} KiB and ${cost.passes} passes were enough is renewed at the next sign-in`, async () => {
        await store(ben, olderHash(ben.password, pepper(), cost))
        assertRefused(await start('not this one 9'), 401, 'sign-in.failed')
        assert.doesNotMatch(await storedOf(ben), current, 'a wrong guess renews nothing')
        assert.equal((await start(ben.password)).status, 200)
        const renewed = await storedOf(ben)
        assert.match(renewed, current)
        assert.equal((await start(ben.password)).status, 200)
        assert.equal(await storedOf(ben), renewed, 'once is enough')
      })

    test('renewing signs nobody out', async () => {
      const browser = await signIn(scene.app, ben)
      await store(ben, olderHash(ben.password, pepper(), { memory: 8192, passes: 1 }))
      assert.equal((await start(ben.password)).status, 200)
      assert.equal((await browser.do('account.me')).status, 200)
    })

    test('a stronger one than ours is kept as it is', async () => {
      const stronger = olderHash(ben.password, pepper(), { memory: 24_576, passes: 3 })
      await store(ben, stronger)
      assert.equal((await start(ben.password)).status, 200)
      assert.equal(await storedOf(ben), stronger)
    })

    test('a hash moved over from somebody else’s row opens the account only with that password', async () => {
      const password = 'granite-lantern-47-orchard'
      const other = olderHash(password, pepper(), { memory: 19_456, passes: 2 })
      await store(ben, other)
      assertRefused(await start(ben.password), 401, 'sign-in.failed')
      assert.equal((await start(password)).status, 200)
    })

    test('a damaged hash is a fault that lets nobody in and says nothing', async () => {
      await store(ben, '$2b$10$abcdefghijklmnopqrstuv')
      const answer = await start(ben.password)
      assertRefused(answer, 500, 'http.fault')
      assert.ok(!answer.text.includes('$2b$'))
    })
  },
  { hashing: 'real' },
)

onEachEngine(
  'an operator raises what a hash costs',
  (scene) => {
    test('who joins gets it at once, who was here before with the next sign-in', async () => {
      const { userId, email, password } = await joinByMail(scene.app, scene.owner, 'Ben')
      const storedNow = async (): Promise<string> => {
        const { rows } = await sql<{ phc: string }>`
          select phc from passwords where user_id = ${userId}`.execute(scene.app.db)
        return rows[0]?.phc ?? ''
      }
      const raised = /^\$argon2id\$v=19\$m=19456,t=3,p=1\$/
      assert.match(await storedNow(), raised)
      const pepper = scene.app.app.services.keys.version('pepper', 1)
      const before = olderHash(password, pepper, { memory: 19_456, passes: 2 })
      await sql`update passwords set phc = ${before} where user_id = ${userId}`.execute(
        scene.app.db,
      )
      const start = (typed: string) =>
        scene.app.newBrowser().do('sign-in.start', { email, password: typed }, fromElsewhere())
      assertRefused(await start('not this one 9'), 401, 'sign-in.failed')
      assert.equal(await storedNow(), before)
      assert.equal((await start(password)).status, 200)
      assert.match(await storedNow(), raised)
    })
  },
  { settings: { LATCHKEY_HASHING_PASSES: '3' }, hashing: 'real' },
)
