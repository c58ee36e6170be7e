import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Db } from '@latchkey/kit'
import type { KyselyPlugin } from 'kysely'
import { bytesOf, multiplyRow } from '#test/harness/multiply.ts'
import { days, onEachEngine } from '#test/harness/scene.ts'
import { endSession } from './store.ts'
import { Watcher } from './watcher.ts'

const streams = 20_000

/** The same database, and every query that is sent to it from here. */
const listening = (db: Db): { readonly db: Db; readonly queries: string[] } => {
  const queries: string[] = []
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      queries.push(db.getExecutor().compileQuery(node, queryId).sql)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  return { db: db.withPlugin(plugin), queries }
}

const medianMs = async (work: () => Promise<unknown>): Promise<number> => {
  const taken: number[] = []
  for (let round = 0; round < 15; round += 1) {
    const startedAt = performance.now()
    await work()
    taken.push(performance.now() - startedAt)
  }
  return taken.sort((a, b) => a - b)[7] ?? 0
}

onEachEngine('those who watch for the end of sessions', (scene) => {
  const told = new Set<string>()
  const watch = (watcher: Watcher, count: number): void => {
    for (let n = 1; n <= count; n += 1) watcher.add(`ses_w${n}`, () => told.add(`ses_w${n}`))
  }
  const own = (n: number) => ({ userId: scene.owner.userId, id: `ses_w${n}` })
  const ended = () => ({ at: scene.app.clock.now(), reason: 'revoked' })

  test('cost as much for twenty thousand pages as for a hundred', async () => {
    const { app } = scene
    await multiplyRow(app.db, {
      ...{ table: 'sessions', count: streams },
      change: { id: "'ses_w' || n", token_hash: bytesOf(app.db, "'watched' || n") },
    })
    const { db, queries } = listening(app.db)
    const services = { ...app.app.services, db }
    const [few, many] = [new Watcher(services), new Watcher(services)]
    watch(few, 100)
    watch(many, streams)
    // What is prepared shows only the first time.
    await few.look()
    queries.length = 0
    await few.look()
    const asked = queries.splice(0)
    await many.look()
    assert.deepEqual([queries, asked.length], [asked, 1])
    const [fewMs, manyMs] = [await medianMs(() => few.look()), await medianMs(() => many.look())]
    assert.ok(manyMs <= 3 * fewMs + 1, `${fewMs} ms for a hundred, ${manyMs} ms for all`)
    assert.equal(told.size, 0)
  })

  test('learn at the next look of one that was ended, wherever it stands among them', async () => {
    const { app } = scene
    const watcher = new Watcher(app.app.services)
    watch(watcher, streams)
    await watcher.look()
    await endSession(app.db, own(12_345), ended())
    await watcher.look()
    assert.deepEqual([...told], ['ses_w12345'])
    assert.equal(watcher.size, streams - 1)
  })

  test('say that they cannot ask, once, and tell afterwards what ended meanwhile', async () => {
    const { app } = scene
    told.clear()
    let isAway = true
    const services = new Proxy(app.app.services, {
      get: (all, name) => {
        if (name === 'db' && isAway) throw new Error('the database is away')
        return Reflect.get(all, name)
      },
    })
    const watcher = new Watcher(services)
    watch(watcher, 300)
    const before = app.logLines.length
    await endSession(app.db, own(299), ended())
    await watcher.look()
    await watcher.look()
    const said = app.logLines.slice(before).filter((line) => line.includes('could not be told'))
    assert.equal(said.length, 1)
    assert.match(said[0] ?? '', /the database is away/)
    isAway = false
    await watcher.look()
    assert.deepEqual([...told], ['ses_w299'])
  })

  test('find in turn those whose time is over: a hundred at each look', async () => {
    const { app } = scene
    told.clear()
    const watcher = new Watcher(app.app.services)
    watch(watcher, 250)
    app.clock.advance(days(2))
    for (const expected of [100, 200, 250]) {
      await watcher.look()
      assert.ok(told.size >= expected, `${told.size} of ${expected}`)
    }
    assert.equal(watcher.size, 0)
  })
})
