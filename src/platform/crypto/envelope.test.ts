import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Db } from '@latchkey/kit'
import { engines } from '#test/harness/app.ts'
import { onEachBasis, openBasis, rowsOf } from '#test/harness/basis.ts'
import { seal, unseal } from './envelope.ts'
import {
  claimInstallation,
  claimOnce,
  InstallationProblem,
  installationFact,
} from './installation.ts'
import { openKeyFile } from './key-file.ts'
import { createRandom } from './random.ts'

const here = { table: 'notes', row: 'n1', column: 'body' }
const flipped = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

onEachBasis('sealed values', (held) => {
  test('come back as they were, and look different each time', async () => {
    const { ctx } = held.basis
    const [one, other] = [await seal(ctx, here, 'geheim ü'), await seal(ctx, here, 'geheim ü')]
    assert.equal((await unseal(ctx, here, one)).toString(), 'geheim ü')
    assert.notDeepEqual(one, other)
    assert.equal(Buffer.from(one).includes('geheim'), false)
    const bytes = Buffer.from([0, 1, 255])
    assert.deepEqual(await unseal(ctx, here, await seal(ctx, here, bytes)), bytes)
    assert.equal((await unseal(ctx, here, await seal(ctx, here, ''))).length, 0)
  })

  test('cannot be moved to another row, column or table', async () => {
    const { ctx } = held.basis
    const sealed = await seal(ctx, here, 'x')
    await seal(ctx, { ...here, table: 'others' }, 'x')
    const places = [
      { ...here, row: 'n2' },
      { ...here, column: 'title' },
      { ...here, table: 'others' },
      { table: 'notes', row: 'n1\u0000body', column: '' },
    ]
    for (const place of places) await assert.rejects(unseal(ctx, place, sealed))
  })

  test('are refused when any one bit was changed', async () => {
    const { ctx } = held.basis
    const sealed = await seal(ctx, here, 'four')
    for (let at = 0; at < sealed.length; at += 1)
      await assert.rejects(unseal(ctx, here, flipped(sealed, at)), `byte ${at} is not protected`)
    for (const length of [0, 1, 5, sealed.length - 1])
      await assert.rejects(unseal(ctx, here, sealed.slice(0, length)))
  })

  test('keep their keys wrapped in the database', async () => {
    const { ctx, db, keys } = held.basis
    await seal(ctx, here, 'x')
    const rows = await rowsOf(db, 'data_keys')
    const kek = Buffer.from(keys.current('encryption').secret)
    for (const row of rows) {
      assert.equal(row.kek_version, 1)
      assert.equal((row.wrapped as Uint8Array).length, 12 + 32 + 16)
      assert.equal(Buffer.from(row.wrapped as Uint8Array).includes(kek), false)
    }
  })

  test('are opened by who comes later, also when the transaction that used a key first was undone', async () => {
    const { ctx, db, dataDir } = held.basis
    const place = { table: 'undone', row: 'r', column: 'c' }
    const undone = db.transaction().execute(async (trx) => {
      const inside = { ...ctx, db: trx as unknown as Db }
      for (const text of ['one', 'two'])
        assert.equal(
          (await unseal(inside, place, await seal(inside, place, text))).toString(),
          text,
        )
      throw new Error('changed my mind')
    })
    await assert.rejects(undone, /changed my mind/)
    const sealed = await seal(ctx, place, 'kept')
    const later = { db, keys: openKeyFile(dataDir) }
    assert.equal((await unseal(later, place, sealed)).toString(), 'kept')
  })

  test('twenty first uses at once agree on one key', async () => {
    const { ctx, basis } = { ...held, ctx: held.basis.ctx }
    const place = { table: 'fresh', row: 'r', column: 'c' }
    const sealed = await Promise.all(Array.from({ length: 20 }, () => seal(ctx, place, 'same')))
    for (const one of sealed) assert.equal((await unseal(ctx, place, one)).toString(), 'same')
    const made = (await rowsOf(basis.db, 'data_keys')).filter((row) => row.id === 'fresh.1')
    assert.equal(made.length, 1)
  })
})

for (const engine of engines)
  test(`a new key version opens what the old one closed, and a missing one opens nothing (${engine})`, async () => {
    const basis = await openBasis(engine)
    try {
      const sealed = await seal(basis.ctx, here, 'kept')
      const path = join(basis.dataDir, 'keys.json')
      const file = JSON.parse(readFileSync(path, 'utf8'))
      const newKey = { version: 2, secret: Buffer.alloc(32, 5).toString('base64') }
      file.keys.encryption.push(newKey)
      writeFileSync(path, JSON.stringify(file))
      const rotated = { ...basis.ctx, keys: openKeyFile(basis.dataDir) }
      assert.equal((await unseal(rotated, here, sealed)).toString(), 'kept')
      const fresh = { ...here, table: 'later' }
      await seal(rotated, fresh, 'new')
      const versions = (await rowsOf(basis.db, 'data_keys')).map((row) => [row.id, row.kek_version])
      assert.deepEqual(
        new Map(versions as [string, number][]),
        new Map([
          ['notes.1', 1],
          ['later.1', 2],
        ]),
      )
      file.keys.encryption = [newKey]
      writeFileSync(path, JSON.stringify(file))
      await assert.rejects(
        unseal({ db: basis.db, keys: openKeyFile(basis.dataDir) }, here, sealed),
        /lacks version 1/,
      )
    } finally {
      await basis.stop()
    }
  })

onEachBasis('the installation', (held) => {
  const db = (): Db => held.basis.db

  test('a fact is claimed by exactly one of many at once, and stays', async () => {
    const claims = Array.from({ length: 20 }, (_, index) =>
      claimOnce(db(), { name: 'fact', value: `v${index}`, at: 1 }),
    )
    assert.equal((await Promise.all(claims)).filter(Boolean).length, 1)
    assert.match((await installationFact(db(), 'fact')) ?? '', /^v\d+$/)
    assert.equal(await installationFact(db(), 'other'), null)
  })

  test('a claim that comes second does not break the transaction it is in', async () => {
    await db()
      .transaction()
      .execute(async (trx) => {
        assert.equal(await claimOnce(trx as Db, { name: 'fact', value: 'again', at: 1 }), false)
        assert.notEqual(await installationFact(trx as Db, 'fact'), null)
      })
  })

  test('a key file of another installation is refused, calmly', async () => {
    await claimInstallation(db(), held.basis.keys.fingerprint, 1)
    await claimInstallation(db(), held.basis.keys.fingerprint, 2)
    await assert.rejects(claimInstallation(db(), 'f'.repeat(32), 3), (error: unknown) => {
      assert.ok(error instanceof InstallationProblem)
      assert.match(error.message, /Put back the keys\.json/)
      return true
    })
  })

  test('a random generator can be replaced where a known value is needed', () => {
    const random = createRandom(
      () => 0,
      (length) => Buffer.alloc(length),
    )
    assert.equal(random.id('x'), `x_${'0'.repeat(26)}`)
  })
})
