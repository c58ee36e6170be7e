import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from '#test/harness/client.ts'
import { assertRefused } from '#test/harness/scene.ts'
import {
  freePort,
  printedSetupCode,
  type ServerProcess,
  startServer,
} from '#test/harness/server-process.ts'

const credentials = { email: 'ada@example.com', password: 'violet-kettle-93-harbour' }
const reserveBytes = 8 << 20

/** A disk of its own, as only root can make one. */
const mountDisk = (): string | null => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32m,mode=700', 'tmpfs', folder])
  if (mounted.status === 0) return folder
  rmSync(folder, { recursive: true })
  return null
}

const disk = mountDisk()
const skip = disk === null && 'a small disk can be mounted by root only'

describe('A disk that is full', { skip }, () => {
  const dataDir = disk ?? ''
  const filler = join(dataDir, 'somebody-elses-file')
  const reserve = join(dataDir, 'latchkey.db-reserve')
  let server: ServerProcess

  after(async () => {
    server.signal('SIGKILL')
    await server.ended
    spawnSync('umount', [dataDir])
    rmSync(dataDir, { recursive: true, force: true })
  })

  const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
    const deadline = Date.now() + 15_000
    while (!(await holds())) {
      assert.ok(Date.now() < deadline, server.output())
      await sleep(50)
    }
  }
  /** To the last byte. */
  const fill = (): void => {
    const { bavail, bsize } = statfsSync(dataDir)
    writeFileSync(filler, Buffer.alloc(bavail * bsize, 7))
  }
  const ready = async (browser: Browser): Promise<string> =>
    (await browser.send({ method: 'GET', path: '/readyz' })).text
  const signIn = async (): Promise<Browser> => {
    const there = server.newBrowser()
    assert.equal((await there.do('sign-in.start', credentials)).status, 200)
    return there
  }
  const idOf = async (browser: Browser): Promise<string> =>
    (await browser.do('sessions.list', { limit: 1 })).body.sessions[0].id

  test('keeps nothing new, still ends sessions, says so, and goes on by itself when there is room', async () => {
    server = await startServer({ dataDir, port: await freePort() })
    const ada = server.newBrowser()
    const code = await printedSetupCode(server)
    const set = { code, organisationName: 'Acme', name: 'Ada', ...credentials }
    assert.equal((await ada.do('sign-in.set-up', set)).status, 200)
    const lost = await signIn()
    const lostId = await idOf(lost)
    const old = await signIn()
    await until(() => existsSync(reserve) && statSync(reserve).size === reserveBytes)
    fill()

    // What still fits into pages that are there is done; then there is no room, and nothing of it is kept.
    let name = 'Ada'
    let refused = await ada.do('account.update-profile', { name })
    for (let round = 0; refused.status === 200; round++) {
      refused = await ada.do('account.update-profile', { name: `Ada ${round}` })
      if (refused.status === 200) name = `Ada ${round}`
      assert.ok(round < 5000, 'the disk never was full')
    }
    assertRefused(refused, 503, 'http.storage_full')
    assert.equal(refused.headers['retry-after'], '30')
    assert.equal((await ada.do('account.me')).body.name, name)
    assert.equal(await ready(ada), 'not ready: the disk is full\n')
    const stranger = server.newBrowser()
    assertRefused(await stranger.do('sign-in.start', credentials), 503, 'http.storage_full')

    assert.equal((await ada.do('sessions.end', { sessionId: lostId })).status, 200)
    assert.equal((await old.do('sign-in.end')).status, 200)
    for (const ended of [lost, old]) assert.equal((await ended.do('account.me')).status, 401)
    assert.equal((await ada.do('verify.check')).status, 200)
    await sleep(2500)
    assert.equal(await ready(ada), 'not ready: the disk is full\n', 'the reserve is not room')

    rmSync(filler)
    await until(async () => (await ready(ada)) === 'ready\n')
    assert.equal(statSync(reserve).size, reserveBytes, 'room is kept again')
    assert.equal((await ada.do('account.update-profile', { name: 'Ada L.' })).status, 200)
    const lines = server.output().split('\n')
    const about = (words: string) => lines.filter((line) => line.includes(words)).length
    assert.deepEqual([about('trouble began: the disk is full'), about('database is over')], [1, 1])
    assert.equal(about('"stack"'), 0, server.output())
  })
})
