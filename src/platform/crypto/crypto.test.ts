// long: times are compared over twice as many rounds.
// own process: it compares times.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Refusal } from '@latchkey/kit'
import { assertSameTime, times } from '#test/harness/scene.ts'
import { hashingSettings } from '../config/core.ts'
import { ConfigProblem, loadConfig } from '../config/load.ts'
import { keyedHash, sameText, sha256 } from './digest.ts'
import { KeyFileProblem, openKeyFile } from './key-file.ts'
import { hashCode, hashPassword, verifyPassword, workLeft } from './password-hash.ts'
import { createRandom, newSecret } from './random.ts'
import { Semaphore } from './semaphore.ts'

const folders: string[] = []
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-keys-'))
  folders.push(folder)
  return folder
}
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

type Ring = { version: number; secret: string }[]
const changeKeys = (folder: string, change: (keys: Record<string, Ring>) => void): void => {
  const path = join(folder, 'keys.json')
  const file = JSON.parse(readFileSync(path, 'utf8'))
  change(file.keys)
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 })
}
const secretOf = (fill: number): string => Buffer.alloc(32, fill).toString('base64')

describe('the key file', () => {
  test('is made on the first start, for its owner only, and read on the second', () => {
    const folder = newFolder()
    const first = openKeyFile(folder)
    assert.equal(statSync(join(folder, 'keys.json')).mode & 0o777, 0o600)
    assert.equal(openKeyFile(folder).fingerprint, first.fingerprint)
    assert.deepEqual(readdirSync(folder), ['keys.json'], 'a draft was left behind')
  })

  test('every purpose has a key of its own, 256 bits long', () => {
    const keys = openKeyFile(newFolder())
    const purposes = ['encryption', 'pepper', 'audit', 'lookup'] as const
    const secrets = purposes.map((purpose) => Buffer.from(keys.current(purpose).secret))
    assert.ok(secrets.every((secret) => secret.length === 32))
    assert.equal(new Set(secrets.map((secret) => secret.toString('hex'))).size, 4)
  })

  test('six processes starting at once agree on one file', async () => {
    const folder = newFolder()
    const script = `import { openKeyFile } from ${JSON.stringify(new URL('./key-file.ts', import.meta.url).href)}
      process.stdout.write(openKeyFile(${JSON.stringify(folder)}).fingerprint)`
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    const said = await Promise.all(Array.from({ length: 6 }, run))
    assert.equal(new Set(said.map(({ stdout }) => stdout)).size, 1)
    assert.match(said[0]?.stdout ?? '', /^[0-9a-f]{32}$/)
    assert.deepEqual(readdirSync(folder), ['keys.json'])
  })

  test('one that others can read is refused with the command that puts it right', () => {
    const folder = newFolder()
    openKeyFile(folder)
    for (const mode of [0o604, 0o644, 0o666]) {
      chmodSync(join(folder, 'keys.json'), mode)
      assert.throws(
        () => openKeyFile(folder),
        (error: unknown) => {
          assert.ok(error instanceof KeyFileProblem)
          assert.match(error.message, /chmod 600/)
          return true
        },
      )
    }
  })

  test('one that a group of this process may read is taken, as a volume in Kubernetes is mounted', () => {
    const folder = newFolder()
    const { fingerprint } = openKeyFile(folder)
    for (const mode of [0o640, 0o660, 0o440]) {
      chmodSync(join(folder, 'keys.json'), mode)
      assert.equal(openKeyFile(folder).fingerprint, fingerprint)
    }
  })

  test('one that another group may read is refused', {
    skip: process.getuid?.() !== 0 && 'only root gives files away',
  }, () => {
    const folder = newFolder()
    openKeyFile(folder)
    chownSync(join(folder, 'keys.json'), 0, 54_321)
    chmodSync(join(folder, 'keys.json'), 0o640)
    assert.throws(() => openKeyFile(folder), KeyFileProblem)
  })

  test('a damaged one is refused, never replaced, and never quoted', () => {
    for (const text of ['', '{', '[]', '{"about":"x","keys":{"pepper":"canary-secret"}}']) {
      const folder = newFolder()
      writeFileSync(join(folder, 'keys.json'), text, { mode: 0o600 })
      assert.throws(
        () => openKeyFile(folder),
        (error: unknown) => {
          assert.ok(error instanceof KeyFileProblem)
          assert.match(error.message, /damaged/)
          assert.doesNotMatch(error.message, /canary/)
          return true
        },
      )
      assert.equal(readFileSync(join(folder, 'keys.json'), 'utf8'), text)
    }
  })

  test('the newest version is used, older ones still open what they closed', () => {
    const folder = newFolder()
    const before = openKeyFile(folder)
    changeKeys(folder, (keys) => keys.encryption?.push({ version: 2, secret: secretOf(9) }))
    const keys = openKeyFile(folder)
    assert.equal(keys.current('encryption').version, 2)
    assert.deepEqual(keys.version('encryption', 1), before.version('encryption', 1))
    assert.equal(keys.fingerprint, before.fingerprint)
    assert.throws(() => keys.version('encryption', 3), KeyFileProblem)
  })
})

describe('password hashes', () => {
  const keys = openKeyFile(newFolder())
  const configWith = (env: Record<string, string>) => loadConfig([hashingSettings], { env })
  const ctx = { keys, random: createRandom(Date.now), config: configWith({}) }
  const password = 'violet-kettle-93-harbour'

  test('are Argon2id with 19 MiB, two passes, a salt each and 32 bytes', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => hashPassword(ctx, password)))
    assert.match(one?.phc ?? '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    assert.notEqual(one?.phc, other?.phc)
  })

  test('the right password is right, also in another Unicode spelling; every other is wrong', async () => {
    const stored = await hashPassword(ctx, 'Jos\u00e9 kettle 93 harbour')
    const verdicts = [
      'Jos\u00e9 kettle 93 harbour',
      'Jose\u0301 kettle 93 harbour',
      'Jose kettle 93 harbour',
      '',
    ]
    const found = await Promise.all(verdicts.map((typed) => verifyPassword(ctx, stored, typed)))
    assert.deepEqual(
      found.map(({ right }) => right),
      [true, true, false, false],
    )
    assert.equal(found[0]?.outdated, false)
  })

  test('nobody’s password is never right and costs the same', async () => {
    const stored = await hashPassword(ctx, password)
    const timed = async (of: typeof stored | null): Promise<number> => {
      const since = performance.now()
      assert.equal((await verifyPassword(ctx, of, 'wrong')).right, false)
      return performance.now() - since
    }
    await assertSameTime(7, () => [() => timed(stored), () => timed(null)])
  })

  test('a hash with weaker parameters is still right, and known to be outdated', async () => {
    const stored = await hashPassword(ctx, password)
    const { argon2Sync } = await import('node:crypto')
    const nonce = Buffer.alloc(16, 1)
    const secret = keys.version('pepper', 1)
    const tag = argon2Sync('argon2id', {
      message: Buffer.from(password),
      nonce,
      secret,
      parallelism: 1,
      tagLength: 32,
      memory: 7168,
      passes: 1,
    })
    const bare = (bytes: Uint8Array): string =>
      Buffer.from(bytes).toString('base64').replaceAll('=', '')
    const phc = `$argon2id$v=19$m=7168,t=1,p=1$${bare(nonce)}$${bare(tag)}`
    const weak = { phc, pepperVersion: stored.pepperVersion }
    assert.deepEqual(await verifyPassword(ctx, weak, password), {
      right: true,
      outdated: true,
    })
  })

  test('an operator who raises the cost gets it for new hashes, and old ones are known to be outdated', async () => {
    const old = await hashPassword(ctx, password)
    const config = configWith({
      LATCHKEY_HASHING_MEMORY_KIB: '24576',
      LATCHKEY_HASHING_PASSES: '3',
    })
    const next = await hashPassword({ ...ctx, config }, password)
    assert.match(next.phc, /^\$argon2id\$v=19\$m=24576,t=3,p=1\$/)
    assert.deepEqual(await verifyPassword({ ...ctx, config }, next, password), {
      right: true,
      outdated: false,
    })
    assert.deepEqual(await verifyPassword({ ...ctx, config }, old, password), {
      right: true,
      outdated: true,
    })
  })

  test('codes that chance made stay at the lowest cost: ten of them are hashed at once', async () => {
    const config = configWith({
      LATCHKEY_HASHING_MEMORY_KIB: '65536',
      LATCHKEY_HASHING_PASSES: '8',
    })
    const dear = { ...ctx, config }
    const made = await Promise.all(times(10, () => hashCode(dear, password)))
    for (const { phc } of made) assert.match(phc, /\$m=19456,t=2,p=1\$/)
    const [one] = made
    assert.equal((await verifyPassword(dear, one ?? null, password)).right, true)
  })

  test('and nobody can lower it', () => {
    for (const env of [
      { LATCHKEY_HASHING_MEMORY_KIB: '19455' },
      { LATCHKEY_HASHING_PASSES: '1' },
      { LATCHKEY_HASHING_MEMORY_KIB: '2000000' },
    ])
      assert.throws(() => configWith(env), ConfigProblem)
  })

  test('a wrong guess at an older hash takes as long as one at nobody', async () => {
    const old = await hashPassword(ctx, password)
    const config = configWith({ LATCHKEY_HASHING_PASSES: '4' })
    const timed = async (of: typeof old | null): Promise<number> => {
      const since = performance.now()
      assert.equal((await verifyPassword({ ...ctx, config }, of, 'wrong')).right, false)
      return performance.now() - since
    }
    await assertSameTime(7, () => [() => timed(old), () => timed(null)])
  })

  test('what an older hash leaves undone is made up for; what is as dear or dearer leaves nothing', () => {
    const cost = (memoryKib: number, passes: number) => ({ memoryKib, passes, parallelism: 1 })
    assert.deepEqual(workLeft(cost(19_456, 2), cost(65_536, 3)), cost(78_848, 2))
    assert.equal(workLeft(cost(19_456, 2), cost(19_456, 2)), null)
    assert.equal(workLeft(cost(65_536, 3), cost(19_456, 2)), null)
  })

  test('after the pepper is rotated old hashes work once more and are outdated', async () => {
    const folder = newFolder()
    const old = await hashPassword({ ...ctx, keys: openKeyFile(folder) }, password)
    changeKeys(folder, (rings) => rings.pepper?.push({ version: 2, secret: secretOf(3) }))
    const rotated = openKeyFile(folder)
    assert.deepEqual(await verifyPassword({ ...ctx, keys: rotated }, old, password), {
      right: true,
      outdated: true,
    })
    assert.equal((await hashPassword({ ...ctx, keys: rotated }, password)).pepperVersion, 2)
  })

  test('a hash without the pepper of this installation is worth nothing', async () => {
    const stored = await hashPassword(ctx, password)
    const elsewhere = openKeyFile(newFolder())
    assert.equal((await verifyPassword({ ...ctx, keys: elsewhere }, stored, password)).right, false)
  })

  test('a flood is refused with 503 instead of queueing for ever', async () => {
    const flood = Array.from({ length: 60 }, () => hashPassword(ctx, password))
    const done = await Promise.allSettled(flood)
    const refused = done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    assert.ok(refused.length > 0)
    for (const reason of refused) {
      assert.ok(reason instanceof Refusal)
      assert.deepEqual([reason.spec.code, reason.details.retryAfterSeconds], ['http.busy', 2])
    }
  })
})

describe('chance and digests', () => {
  test('ids sort by the moment they were made and never repeat', () => {
    let now = 1_700_000_000_000
    const random = createRandom(() => now)
    const ids = Array.from({ length: 1000 }, () => {
      now += 1
      return random.id('ses')
    })
    assert.deepEqual([...ids].sort(), ids)
    assert.ok(ids.every((id) => /^ses_[0-9a-hjkmnp-tv-z]{26}$/.test(id)))
    const same = new Set(Array.from({ length: 5000 }, () => random.id('x')))
    assert.equal(same.size, 5000)
  })

  test('a secret has 256 bits in 43 characters that fit into a cookie and an address', () => {
    const random = createRandom(Date.now)
    const secrets = Array.from({ length: 200 }, () => newSecret(random))
    assert.ok(secrets.every((secret) => /^[A-Za-z0-9_-]{43}$/.test(secret)))
    assert.equal(new Set(secrets).size, 200)
  })

  test('parts of a keyed hash cannot be shifted into each other', () => {
    const key = Buffer.alloc(32, 1)
    assert.notDeepEqual(keyedHash(key, 'ab', 'c'), keyedHash(key, 'a', 'bc'))
    assert.notDeepEqual(keyedHash(key, 'ab'), keyedHash(key, 'a', 'b'))
    assert.notDeepEqual(keyedHash(key, 'a'), keyedHash(Buffer.alloc(32, 2), 'a'))
  })

  test('texts of any length compare', () => {
    assert.ok(sameText('abc', 'abc'))
    assert.ok(!sameText('abc', 'abcd'))
    assert.ok(!sameText('', 'a'))
    assert.equal(sha256('abc').length, 32)
  })
})

describe('a semaphore', () => {
  const refuse = (): Error => new Error('full')

  test('runs so many at once, lets so many wait in turn and refuses the rest', async () => {
    const gate = new Semaphore({ atOnce: 2, waitingMax: 3 })
    let [running, most] = [0, 0]
    const order: number[] = []
    const work = (index: number) => async () => {
      running += 1
      most = Math.max(most, running)
      order.push(index)
      await new Promise((resolve) => setTimeout(resolve, 2))
      running -= 1
    }
    const all = Array.from({ length: 7 }, (_, index) => gate.run(work(index), refuse))
    const done = await Promise.allSettled(all)
    assert.equal(most, 2)
    assert.deepEqual(
      done.map((one) => one.status === 'fulfilled'),
      [true, true, true, true, true, false, false],
    )
    assert.deepEqual(order, [0, 1, 2, 3, 4])
  })

  test('of work that takes twice as long half as many may wait', async () => {
    const gate = new Semaphore({ atOnce: 2, waitingMax: 4 })
    const long = () => new Promise<void>((resolve) => setTimeout(resolve, 2))
    const all = Array.from({ length: 7 }, () => gate.run(long, refuse, 2))
    const done = await Promise.allSettled(all)
    assert.equal(done.filter((one) => one.status === 'fulfilled').length, 4)
  })

  test('work that fails gives its place back', async () => {
    const gate = new Semaphore({ atOnce: 1, waitingMax: 0 })
    for (let round = 0; round < 3; round += 1)
      await assert.rejects(
        gate.run(() => Promise.reject(new Error('broken')), refuse),
        /broken/,
      )
    assert.equal(await gate.run(async () => 7, refuse), 7)
  })
})
