import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { beforeEach, test } from 'node:test'
import { type Context, type Piece, type System, type WorkKind, workKind } from '@latchkey/kit'
import { sql } from 'kysely'
import { z } from 'zod'
import { type Basis, onEachBasis } from '#test/harness/basis.ts'
import { createContext, systemActor } from '../context.ts'
import { enqueueWork } from './enqueue.ts'
import { claimWork, finishWork, putBackExpired, renewLease } from './store.ts'
import type { WorkTables } from './tables.ts'
import { startWorker, workOffDue } from './worker.ts'

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const until = async (isSo: () => boolean): Promise<void> => {
  for (let wait = 0; wait < 500 && !isSo(); wait += 1) await pause(10)
}

const Input = z.object({ word: z.string() })
const kindOf = (
  run: (word: string, piece: Piece) => Promise<void> | void,
  more: Partial<WorkKind> = {},
): WorkKind<typeof Input, z.ZodVoid> =>
  workKind({
    ...{ name: 'test.piece', input: Input },
    ...(more as Partial<WorkKind<typeof Input, z.ZodVoid>>),
    run: async (_ctx, { word }, piece) => run(word, piece),
  })
const idle = kindOf(() => undefined)

/** Address of the test's own database, for another process. */
const addressOf = async ({ db, engine, dataDir }: Basis): Promise<string> => {
  if (engine === 'sqlite') return join(dataDir, 'latchkey.db')
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db)
  const url = new URL(process.env.LATCHKEY_TEST_POSTGRES_URL ?? '')
  url.pathname = `/${rows[0]?.name}`
  return url.href
}

/** A worker in a process of its own, with a piece that reports its start and never ends. */
const startElsewhere = async (basis: Basis) => {
  const opened = basis.engine === 'sqlite' ? 'openSqlite(address)' : 'openPostgres(address)'
  const script = `
    import { workKind } from '@latchkey/kit'
    import { z } from 'zod'
    import { createContext, systemActor } from '#platform/context.ts'
    import { openKeyFile } from '#platform/crypto/key-file.ts'
    import { createRandom } from '#platform/crypto/random.ts'
    import { openPostgres } from '#platform/db/open-postgres.ts'
    import { openSqlite } from '#platform/db/open-sqlite.ts'
    import { createLog } from '#platform/log/log.ts'
    import { startWorker } from '#platform/work/worker.ts'
    const address = ${JSON.stringify(await addressOf(basis))}
    const services = { db: ${opened}, now: Date.now, random: createRandom(Date.now), log: createLog('warn'),
      keys: openKeyFile(${JSON.stringify(basis.dataDir)}), wakeWork: () => undefined }
    const kind = workKind({ name: 'test.piece', input: z.object({ word: z.string() }), leaseSeconds: 1,
      run: () => { process.stdout.write('begun'); return new Promise(() => setInterval(() => undefined, 1000)) } })
    startWorker(createContext(services, systemActor('elsewhere')), [kind])`
  const root = join(import.meta.dirname, '..', '..', '..')
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: root })
  const said = { out: '', error: '' }
  child.stdout.on('data', (text) => {
    said.out += text
  })
  child.stderr.on('data', (text) => {
    said.error += text
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return { child, said, ended }
}

onEachBasis('workers', (held) => {
  const ctx = () => held.basis.ctx
  const work = () => held.basis.db.withTables<WorkTables>()
  const one = () => work().selectFrom('work').selectAll().executeTakeFirstOrThrow()
  const queue = (word: string, kind = idle) => enqueueWork(ctx(), kind, { input: { word } })
  const states = async () =>
    (await work().selectFrom('work').select('state').execute()).map(({ state }) => state)
  /** Works as another process on the same database. */
  const elsewhere = (): Context<System> =>
    createContext({ ...held.basis.services, db: held.basis.openAgain() }, systemActor('elsewhere'))
  beforeEach(async () => {
    await work().deleteFrom('work').execute()
    held.basis.logLines.length = 0
  })

  test('of two processes do each piece once between them', async () => {
    for (let n = 0; n < 40; n += 1) await queue(`piece ${n}`)
    const done: string[] = []
    const kind = kindOf(async (word) => {
      await pause(2)
      done.push(word)
    })
    const workers = [ctx(), elsewhere()].map((each) => startWorker(each, [kind]))
    await until(() => done.length >= 40)
    for (const worker of workers) await worker.stop()
    assert.deepEqual([done.length, new Set(done).size], [40, 40])
    assert.deepEqual(new Set(await states()), new Set(['done']))
  })

  test('take over what a process that was killed had begun', { timeout: 60_000 }, async () => {
    await queue('x')
    const { child, said, ended } = await startElsewhere(held.basis)
    try {
      for (let wait = 0; wait < 3000 && said.out === '' && child.exitCode === null; wait += 1)
        await pause(10)
      assert.equal(said.out, 'begun', said.error)
      assert.equal(await workOffDue(ctx(), [idle]), 0, 'the other one holds it')
    } finally {
      child.kill('SIGKILL')
      await ended
    }
    held.basis.clock.advance(1500)
    assert.equal(await workOffDue(ctx(), [idle]), 1)
    const { state, attempts } = await one()
    assert.deepEqual([state, attempts], ['done', 2])
  })

  test('that come back after losing the lease decide nothing any more', async () => {
    await queue('x')
    const claiming = { kind: idle.name, leaseMs: 1000, max: 1 }
    const [late] = await claimWork(ctx(), claiming)
    assert.ok(late)
    held.basis.clock.advance(1001)
    await putBackExpired(ctx(), idle.name)
    const [owner] = await claimWork(elsewhere(), claiming)
    assert.ok(owner)
    const failed = { outcome: { state: 'failed', error: 'x' } } as const
    assert.equal(await renewLease(ctx(), late, { leaseUntil: 1e15, progress: null }), null)
    assert.equal(await finishWork(ctx(), late, failed), false)
    assert.deepEqual(await states(), ['running'])
    assert.equal(await finishWork(ctx(), owner, { outcome: { state: 'done' } }), true)
    assert.equal(await finishWork(ctx(), owner, failed), false)
    assert.deepEqual(await states(), ['done'])
  })

  test('are told when another process has their piece', async () => {
    let told = ''
    const kind = kindOf(
      async (_word, piece) => {
        await work().updateTable('work').set({ claim_token: 'clm_other' }).execute()
        await until(() => piece.signal.aborted)
        told = String(piece.signal.reason)
        piece.signal.throwIfAborted()
      },
      { leaseSeconds: 0.3 },
    )
    await queue('x')
    const worker = startWorker(ctx(), [kind])
    await until(() => told !== '')
    await worker.stop()
    assert.match(told, /lease lost/)
    const { claim_token, last_error } = await one()
    assert.deepEqual([claim_token, last_error], ['clm_other', null])
    assert.match(held.basis.logLines.join('\n'), /took longer than its lease/)
  })

  test('keep what takes longer than a lease, for as long as they live', async () => {
    let runs = 0
    const kind = kindOf(
      async () => {
        runs += 1
        await pause(2500)
      },
      { leaseSeconds: 1 },
    )
    await queue('x')
    const workers = [ctx(), elsewhere()].map((each) => startWorker(each, [kind]))
    for (let wait = 0; wait < 600 && (await one()).state !== 'done'; wait += 1) await pause(10)
    for (const worker of workers) await worker.stop()
    assert.deepEqual([runs, (await one()).attempts, await states()], [1, 1, ['done']])
  })

  test('that stop give back what they have not finished, and the attempt does not count', async () => {
    let hasBegun = false
    const kind = kindOf(async (_word, piece) => {
      hasBegun = true
      await until(() => piece.signal.aborted)
      piece.signal.throwIfAborted()
    })
    await queue('x')
    const worker = startWorker(ctx(), [kind])
    await until(() => hasBegun)
    await worker.stop()
    const { state, attempts, claim_token, last_error } = await one()
    assert.deepEqual([state, attempts, claim_token, last_error], ['waiting', 0, null, null])
    assert.equal(await workOffDue(elsewhere(), [idle]), 1)
  })

  test('run as many side by side as the kind says, and no kind waits for another', async () => {
    const stuck = kindOf((_word, piece) => until(() => piece.signal.aborted), {
      ...{ name: 'test.stuck', atOnce: 1, priority: -1 },
    })
    let [running, most, done] = [0, 0, 0]
    const kind = kindOf(
      async () => {
        running += 1
        most = Math.max(most, running)
        await pause(5)
        running -= 1
        done += 1
      },
      { atOnce: 2 },
    )
    for (let n = 0; n < 3; n += 1) await queue(`stuck ${n}`, stuck)
    for (let n = 0; n < 12; n += 1) await queue(`piece ${n}`, kind)
    const worker = startWorker(ctx(), [kind, stuck])
    await until(() => done >= 12)
    const [one, ...more] = await work()
      .selectFrom('work')
      .select('state')
      .where('kind', '=', stuck.name)
      .where('state', '=', 'running')
      .execute()
    await worker.stop()
    assert.deepEqual([done, most, one?.state, more], [12, 2, 'running', []])
  })

  test('refuse a kind that is declared twice: rows would not know whose they are', () => {
    assert.throws(() => startWorker(ctx(), [idle, idle]), /"test.piece" is declared twice/)
  })
})
