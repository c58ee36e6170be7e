import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Browser } from '../harness/client.ts'
import type { ServerProcess } from '../harness/server-process.ts'

export const password = 'violet-kettle-93-harbour'

/** What one client was told, and what it asked for without ever hearing the answer. */
export type History = {
  /** Name of each person as last acknowledged, and the one under way when the process died. */
  readonly names: Map<string, { said: string; asked: string | null }>
  /** Sign-ins that were acknowledged and are never ended: cookie by session id. */
  readonly open: Map<string, string>
  /** Those that will be ended, and how. The first one's end may have been asked for already. */
  readonly leaving: {
    readonly id: string
    readonly cookie: string
    readonly there: Browser
    readonly actor: Actor
    readonly how: 'revoked' | 'signedOut'
  }[]
  /** Sessions whose end was acknowledged: cookie by session id. */
  readonly revoked: Map<string, string>
  readonly signedOut: Map<string, string>
  readonly invited: string[]
  readonly counts: Record<
    'renamed' | 'signedIn' | 'revoked' | 'signedOut' | 'invited' | 'resets',
    number
  >
}

export const newHistory = (): History => ({
  names: new Map(),
  open: new Map(),
  leaving: [],
  revoked: new Map(),
  signedOut: new Map(),
  invited: [],
  counts: { renamed: 0, signedIn: 0, revoked: 0, signedOut: 0, invited: 0, resets: 0 },
})

/** A user with a browser that stays open: the server comes back at the same address. */
export type Actor = {
  readonly userId: string
  readonly email: string
  readonly browser: Browser
}

type Client = {
  readonly server: ServerProcess
  readonly history: History
  readonly actor: Actor
  readonly serial: () => number
}

/** Each request from another address, so that limits per address do not end the load. */
const from = (serial: number): Record<string, string> => ({
  'x-forwarded-for': `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}`,
})

const cookieOf = (browser: Browser): string => browser.cookies.get('latchkey') ?? ''

const requireOk = (answer: Answer): void => {
  if (answer.status !== 200) throw new Error(`unexpected answer: ${answer.status} ${answer.text}`)
}

const rename = async (client: Client): Promise<void> => {
  const { history, actor, serial } = client
  const { browser } = actor
  const known = history.names.get(actor.userId) ?? { said: '', asked: null }
  history.names.set(actor.userId, known)
  for (;;) {
    known.asked = `Name ${serial()}`
    requireOk(await browser.do('account.update-profile', { name: known.asked }))
    known.said = known.asked
    known.asked = null
    history.counts.renamed += 1
  }
}

/** Signs in on another device. False when refused. */
const comeIn = async ({ server, history, actor, serial }: Client): Promise<boolean> => {
  const there = server.newBrowser()
  const signedIn = await there.do('sign-in.start', { email: actor.email, password }, from(serial()))
  // A kill between a guess and its result leaves a guess counted; five of them in a row make this account wait.
  if (signedIn.status === 429) return false
  requireOk(signedIn)
  history.counts.signedIn += 1
  const listed = await there.do('sessions.list', { limit: 1 })
  requireOk(listed)
  const [own] = listed.body.sessions as { id: string; isCurrent: boolean }[]
  const [id, cookie, lot] = [own?.id ?? '', cookieOf(there), serial() % 4]
  if (lot === 0) history.open.set(id, cookie)
  else history.leaving.push({ id, cookie, there, actor, how: lot === 1 ? 'signedOut' : 'revoked' })
  return true
}

/** Ends what was opened, in this life of the process or an earlier one: there by signing out, or from another device. */
const leave = async ({ server, history }: Client): Promise<void> => {
  while (!server.isOver()) {
    const [session] = history.leaving
    if (!session) {
      await sleep(5)
      continue
    }
    const { id, cookie, there, actor } = session
    if (session.how === 'revoked') {
      const answer = await actor.browser.do('sessions.end', { sessionId: id })
      // Asked before, and never told that it was done.
      if (answer.status !== 404) requireOk(answer)
    } else requireOk(await there.do('sign-in.end'))
    history.leaving.shift()
    history[session.how].set(id, cookie)
    history.counts[session.how] += 1
  }
}

/** Otherwise the first of them would be the one that is killed each time. */
const shuffled = <T>(all: readonly T[]): readonly T[] => {
  const start = Math.floor(Math.random() * all.length)
  return [...all.slice(start), ...all.slice(0, start)]
}

const travel = async (clients: readonly Client[]): Promise<void> => {
  for (let refused = 0; refused < clients.length; )
    for (const client of clients) refused = (await comeIn(client)) ? 0 : refused + 1
}

const invite = async (client: Client): Promise<void> => {
  const { history, serial, actor } = client
  const { browser } = actor
  for (;;) {
    const email = `guest${serial()}@example.com`
    const answer = await browser.do('people.invite', { email, role: 'member' })
    // So many an hour from one person: the rest of this round is left to the others.
    if (answer.status === 429) return
    requireOk(answer)
    history.invited.push(email)
    history.counts.invited += 1
  }
}

const askForResets = async (
  { server, history, serial }: Client,
  emails: readonly string[],
): Promise<void> => {
  const browser = server.newBrowser()
  for (;;) {
    const number = serial()
    const email = emails[number % emails.length] ?? ''
    requireOk(await browser.do('password.request-reset', { email }, from(number)))
    history.counts.resets += 1
  }
}

/** Ends when the process does; anything but a lost connection is a fault. */
const untilKilled = async (work: Promise<void>): Promise<void> => {
  try {
    await work
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const cut = error instanceof Error && error.message === 'aborted'
    if (!cut && code !== 'ECONNRESET' && code !== 'ECONNREFUSED' && code !== 'EPIPE') throw error
  }
}

export type Cast = {
  readonly owner: Actor
  readonly renamers: readonly Actor[]
  readonly travellers: readonly Actor[]
  readonly forgetful: readonly string[]
}

/** All callers at once, as fast as they are answered, until the process is gone. */
export const runClients = (
  server: ServerProcess,
  cast: Cast,
  { history, serial }: { readonly history: History; readonly serial: () => number },
): Promise<unknown> => {
  const client = (actor: Actor): Client => ({ server, history, actor, serial })
  return Promise.all(
    [
      ...cast.renamers.map((actor) => rename(client(actor))),
      travel(shuffled(cast.travellers.map(client))),
      leave(client(cast.owner)),
      invite(client(cast.owner)),
      askForResets(client(cast.owner), cast.forgetful),
    ].map(untilKilled),
  )
}
