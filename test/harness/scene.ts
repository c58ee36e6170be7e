import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { verifyTrail } from '#platform/events/verify-trail.ts'
import type { Product } from '#product'
import { type Engine, engines, startApp, type TestApp } from './app.ts'
import type { Answer, Browser } from './client.ts'
import type { HashingCost } from './hashing.ts'
import { long } from './long.ts'
import { type Person, setUpOwner } from './people.ts'

/** Filled before the first test of a file runs. */
export type Scene = { app: TestApp; owner: Person; readonly engine: Engine }

type Options = {
  readonly settings?: Readonly<Record<string, string>>
  /** False leaves the installation waiting for its first account. */
  readonly isSetUp?: boolean
  /** `productWith(…)`, for modules from outside beside the built-in ones. */
  readonly product?: Product
  readonly hashing?: HashingCost
}

/** Whatever a file did, the trail it leaves must be one unbroken chain. */
const assertTrailIsWhole = async ({ db, app }: TestApp): Promise<void> => {
  const { faults } = await verifyTrail({ db, keys: app.services.keys })
  assert.deepEqual(faults, [], 'the trail is broken')
}

/** The same stories on each engine, over one product that lives as long as they do. */
export const onEachEngine = (
  title: string,
  body: (scene: Scene) => void,
  { settings = {}, isSetUp = true, product, hashing }: Options = {},
): void => {
  for (const engine of engines) {
    describe(`${title} (${engine})`, () => {
      const scene = { engine } as Scene
      before(async () => {
        // One proxy is trusted, so that a story can come from as many addresses as it needs.
        const withProxy = { LATCHKEY_TRUSTED_PROXIES: '1', ...settings }
        scene.app = await startApp({
          engine,
          settings: withProxy,
          ...(product ? { product } : {}),
          ...(hashing ? { hashing } : {}),
        })
        if (isSetUp) scene.owner = await setUpOwner(scene.app)
      })
      after(async () => {
        try {
          if (scene.app) await assertTrailIsWhole(scene.app)
        } finally {
          await scene.app?.stop()
        }
      })
      body(scene)
    })
  }
}

let addresses = 0

/** Header of a request from an address that was not used before (RFC 2544's range for tests). */
export const fromElsewhere = (): { readonly 'x-forwarded-for': string } => {
  addresses += 1
  return { 'x-forwarded-for': `198.18.${addresses >> 8}.${addresses & 255}` }
}

export const assertRefused = (answer: Answer, status: number, code: string): void => {
  assert.deepEqual(
    { status: answer.status, code: answer.body.code, type: answer.headers['content-type'] },
    { status, code, type: 'application/problem+json' },
    answer.text,
  )
}

/** What a refusal points at, as `pointer code`. */
export const faultsIn = (answer: Answer): string[] =>
  (answer.body.fields ?? []).map(
    (fault: { pointer: string; code: string }) => `${fault.pointer} ${fault.code}`,
  )

export const minutes = (count: number): number => count * 60_000
export const hours = (count: number): number => count * 3_600_000
export const days = (count: number): number => count * 86_400_000

export const cookieName = 'latchkey'

/** The value the browser shows on each request; empty when it has none. */
export const sessionValue = (browser: Browser): string => browser.cookies.get(cookieName) ?? ''

/** Whether a caller with this cookie value is let in. */
export const opens = async (app: TestApp, value: string): Promise<boolean> => {
  const thief = app.newBrowser()
  thief.cookies.set(cookieName, value)
  const { status } = await thief.do('account.me')
  assert.ok(status === 200 || status === 401, `an unexpected answer: ${status}`)
  return status === 200
}

export const isSignedIn = (app: TestApp, browser: Browser): Promise<boolean> =>
  opens(app, sessionValue(browser))

/** Proves it is them once more, so that sensitive acts are open for another 10 minutes. */
export const confirm = async ({ browser, password }: Person): Promise<void> => {
  const done = await browser.do('sign-in.confirm', { method: 'password', proof: password })
  assert.equal(done.status, 200, done.text)
}

export type Act = {
  readonly id: string
  readonly event: string
  readonly result: string
  readonly sessionHash: string | null
  readonly data: Readonly<Record<string, unknown>>
}

/** The person's own trail, newest first. */
export const activityOf = async (browser: Browser): Promise<readonly Act[]> => {
  const answer = await browser.do('activity.list', { limit: 100 })
  assert.equal(answer.status, 200, answer.text)
  return answer.body.entries
}

/** What was written while `work` ran, oldest first, as `event result`. */
export const announcedBy = async (
  browser: Browser,
  work: () => Promise<unknown>,
): Promise<readonly string[]> => {
  const before = await activityOf(browser)
  await work()
  const since = await activityOf(browser)
  const known = since.findIndex((act) => act.id === before[0]?.id)
  return since
    .slice(0, known === -1 ? since.length : known)
    .map((act) => `${act.event} ${act.result}`)
    .reverse()
}

/** How often each status came. */
export const countStatuses = (answers: readonly Answer[]): Readonly<Record<number, number>> => {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

/** A hash takes about 50 ms, so a path that spares one differs by more than this, and by more than this factor. */
const differenceMsMax = 15
const factorMax = 1.5
const runsMax = 4

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values)

/**
 * Do these take the same time? They are interleaved, in an order that turns, and compared by median. Noise of a busy
 * machine only adds, and not always to the same one: a quiet run of a few is proof, and so are the quickest answers of
 * several noisy ones. A real difference is in all of them.
 */
export const assertSameTime = async (
  roundsOfLong: number,
  kinds: (round: number) => readonly (() => Promise<number>)[],
): Promise<void> => {
  const rounds = long(roundsOfLong, Math.ceil(roundsOfLong / 2))
  const [found, quickest]: [string[], number[]] = [[], []]
  for (let run = 0; run < runsMax; run += 1) {
    const taken: number[][] = []
    for (let round = 0; round < rounds; round += 1) {
      const work = kinds(run * rounds + round)
      for (let turn = 0; turn < work.length; turn += 1) {
        const kind = (turn + round) % work.length
        const ms = (await work[kind]?.()) ?? 0
        taken[kind] = [...(taken[kind] ?? []), ms]
        quickest[kind] = Math.min(quickest[kind] ?? ms, ms)
      }
    }
    const medians = taken.map(median)
    if (spread(medians) < differenceMsMax) return
    if (run > 0 && Math.max(...quickest) < factorMax * Math.min(...quickest)) return
    found.push(medians.map((ms) => ms.toFixed(1)).join(' / '))
  }
  assert.fail(`the medians differ in every run: ${found.join(', ')} ms`)
}
