import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Browser } from '#test/harness/client.ts'

/** What the callers of a database in trouble were told. */
export type Told = {
  renamed: number
  /** Renames of which nobody could say whether they happened. */
  unknown: number
  /** Names of tokens whose making was acknowledged, each under a key of its own. */
  readonly tokens: string[]
  /** Cookies of sessions that were opened, and of those that were ended again. */
  readonly open: string[]
  readonly ended: string[]
  readonly statuses: Map<string, number>
  /** Answers that no caller should ever get, with what was asked. */
  readonly wrong: string[]
}

export const newTold = (): Told => ({
  renamed: 0,
  unknown: 0,
  tokens: [],
  open: [],
  ended: [],
  statuses: new Map(),
  wrong: [],
})

export type Turn = { readonly told: Told; readonly isOver: () => boolean }

/** Trouble is 503 and says when to try again. Anything else that is not a success is wrong. */
const note = ({ told }: Turn, what: string, answer: Answer): Answer => {
  const { status, headers, text } = answer
  const key = `${what} ${status}`
  told.statuses.set(key, (told.statuses.get(key) ?? 0) + 1)
  const isTrouble = status === 503 && Number(headers['retry-after']) > 0
  if (status !== 200 && !isTrouble) told.wrong.push(`${key} ${text.slice(0, 300)}`)
  return answer
}

export const rename = async (turn: Turn, browser: Browser): Promise<void> => {
  for (let count = 0; !turn.isOver(); count++) {
    const name = `Ada ${count} ${randomUUID().slice(0, 8)}`
    const answer = note(turn, 'rename', await browser.do('account.update-profile', { name }))
    if (answer.status === 200) turn.told.renamed += 1
    if (answer.body.code === 'http.outcome_unknown') turn.told.unknown += 1
    if (answer.status !== 200) await sleep(20)
  }
}

/** Below the 60 an hour that one person may make. */
const tokensMax = 50

/** Repeats each call under its key until it is answered for good, as a program does. */
export const makeTokens = async (turn: Turn, browser: Browser): Promise<void> => {
  for (let count = 0; count < tokensMax && !turn.isOver(); count++) {
    const name = `token ${randomUUID()}`
    const key = { 'idempotency-key': `"${randomUUID()}"` }
    for (;;) {
      const answer = await browser.do('access-tokens.create', { name, scopes: [] }, key)
      // The answer was lost on its way to the database: the key is free again when its lease is over. And each try counts
      // against the limit of the operation, also one that failed.
      if (answer.status === 409 || answer.status === 429) break
      if (note(turn, 'make a token', answer).status === 200) turn.told.tokens.push(name)
      if (answer.status !== 503) break
      await sleep(50)
    }
    await sleep(100)
  }
}

const cookieOf = (browser: Browser): string => browser.cookies.get('latchkey') ?? ''

type Travelling = {
  readonly newBrowser: () => Browser
  readonly credentials: Readonly<Record<string, string>>
}

/** Signs in elsewhere, and signs every second one of them out until that is acknowledged. */
export const travel = async (turn: Turn, { newBrowser, credentials }: Travelling) => {
  for (let count = 0; !turn.isOver(); count++) {
    const there = newBrowser()
    const from = { 'x-forwarded-for': `10.0.${count >> 8}.${count & 255}` }
    const answer = await there.do('sign-in.start', credentials, from)
    // A guess whose result could not be stored stays counted; several in a row make the account wait.
    if (answer.status === 429) return
    await sleep(100)
    if (note(turn, 'sign in', answer).status !== 200) continue
    const cookie = cookieOf(there)
    if (count % 2 === 0) turn.told.open.push(cookie)
    else {
      let ended = note(turn, 'sign out', await there.do('sign-in.end'))
      while (ended.status === 503) {
        await sleep(50)
        ended = note(turn, 'sign out', await there.do('sign-in.end'))
      }
      turn.told.ended.push(cookie)
    }
  }
}

/** A proxy that asks all the time. It must never hear that a good session is none. */
export const verify = async (turn: Turn, browser: Browser): Promise<void> => {
  while (!turn.isOver()) {
    note(turn, 'verify', await browser.do('verify.check'))
    await sleep(5)
  }
}
