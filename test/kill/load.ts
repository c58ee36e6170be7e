import type { Answer, Browser } from '../harness/client.ts'
import type { ServerProcess } from '../harness/server-process.ts'

export const password = 'violet-kettle-93-harbour'

/** What one client was told, and what it asked for without ever hearing the answer. */
export type History = {
  /** Name of each person as last acknowledged, and the one under way when the process died. */
  readonly names: Map<string, { said: string; asked: string | null }>
  /** Sign-ins that were acknowledged and not ended since. */
  readonly open: Map<string, string>
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
  revoked: new Map(),
  signedOut: new Map(),
  invited: [],
  counts: { renamed: 0, signedIn: 0, revoked: 0, signedOut: 0, invited: 0, resets: 0 },
})

export type Actor = {
  readonly userId: string
  readonly email: string
  readonly cookies: ReadonlyMap<string, string>
}

type Client = {
  readonly server: ServerProcess
  readonly history: History
  readonly actor: Actor
  readonly serial: () => number
}

/** The actor's browser, signed in as before the restart. */
const browserOf = async ({ server, actor }: Client): Promise<Browser> => {
  const browser = server.newBrowser()
  for (const [name, value] of actor.cookies) browser.cookies.set(name, value)
  await browser.do('account.me')
  return browser
}

/** Each request from another address, so that limits per address do not end the load. */
const from = (serial: number): Record<string, string> => ({
  'x-forwarded-for': `10.${(serial >> 16) & 255}.${(serial >> 8) & 255}.${serial & 255}`,
})

const requireOk = (answer: Answer): void => {
  if (answer.status !== 200) throw new Error(`unexpected answer: ${answer.status} ${answer.text}`)
}

const rename = async (client: Client): Promise<void> => {
  const { history, actor, serial } = client
  const browser = await browserOf(client)
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

type Visit = {
  readonly here: Browser
  readonly there: Browser
  readonly id: string
  readonly cookie: string
}

/** From here on its end may have happened whether or not the answer arrives. */
const leave = async (
  { history, serial }: Client,
  { here, there, id, cookie }: Visit,
): Promise<void> => {
  const way = serial() % 3
  if (way === 0) return
  history.open.delete(id)
  if (way === 1) {
    requireOk(await here.do('sessions.end', { sessionId: id }))
    history.revoked.set(id, cookie)
    history.counts.revoked += 1
  } else {
    requireOk(await there.do('sign-in.end'))
    history.signedOut.set(id, cookie)
    history.counts.signedOut += 1
  }
}

/** Signs in on another device, then ends that session from this one or signs out there. False when refused. */
const comeAndGo = async (client: Client): Promise<boolean> => {
  const { server, history, actor, serial } = client
  const there = server.newBrowser()
  const signedIn = await there.do('sign-in.start', { email: actor.email, password }, from(serial()))
  // A kill between a guess and its result leaves a guess counted; five of them in a row make this account wait.
  if (signedIn.status === 429) return false
  requireOk(signedIn)
  const cookie = there.cookies.get('latchkey') ?? ''
  history.counts.signedIn += 1
  const listed = await there.do('sessions.list', { limit: 1 })
  requireOk(listed)
  const [own] = listed.body.sessions as { id: string; isCurrent: boolean }[]
  const visit = { here: await browserOf(client), there, id: own?.id ?? '', cookie }
  history.open.set(visit.id, cookie)
  await leave(client, visit)
  return true
}

/** Otherwise the first of them would be the one that is killed each time. */
const shuffled = <T>(all: readonly T[]): readonly T[] => {
  const start = Math.floor(Math.random() * all.length)
  return [...all.slice(start), ...all.slice(0, start)]
}

const travel = async (clients: readonly Client[]): Promise<void> => {
  for (let refused = 0; refused < clients.length; )
    for (const client of clients) refused = (await comeAndGo(client)) ? 0 : refused + 1
}

const invite = async (client: Client): Promise<void> => {
  const { history, serial } = client
  const browser = await browserOf(client)
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
  /** Each group is one pair of hands: one of them signs in at a time. */
  readonly travellers: readonly (readonly Actor[])[]
  readonly forgetful: readonly string[]
}

/** Everybody at once, as fast as they are answered, until the process is gone. */
export const runClients = (
  server: ServerProcess,
  cast: Cast,
  { history, serial }: { readonly history: History; readonly serial: () => number },
): Promise<unknown> => {
  const client = (actor: Actor): Client => ({ server, history, actor, serial })
  return Promise.all(
    [
      ...cast.renamers.map((actor) => rename(client(actor))),
      ...cast.travellers.map((actors) => travel(shuffled(actors.map(client)))),
      invite(client(cast.owner)),
      askForResets(client(cast.owner), cast.forgetful),
    ].map(untilKilled),
  )
}
