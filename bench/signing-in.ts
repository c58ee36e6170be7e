import type { Browser } from '../test/harness/client.ts'
import { codeAt, type KeyHolder, offerPasskey } from '../test/harness/factors.ts'
import { type Answered, KeptConnection } from './kept-connection.ts'
import { type Latchkey, required } from './latchkey.ts'

/** People who sign in at once: more than hash at once, so that hashing never waits for them. */
export const signersAtOnce = 6
/** A code works once: each round takes as many of a person's apps, and as many of their recovery codes. */
const codesPerRound = 3
const guardedCount = 2 * signersAtOnce

export type Credentials = { readonly email: string; readonly password: string }
type Guarded = Credentials & { readonly secrets: string[]; readonly codes: string[] }
type Holder = Pick<KeyHolder, 'authenticator' | 'passkey'>

/** One person each, so that none waits for another's row. */
export type Signers = {
  readonly plain: readonly Credentials[]
  readonly guarded: readonly Guarded[]
  readonly holders: readonly Holder[]
}

const addApps = async (
  browser: Browser,
  count: number,
): Promise<Omit<Guarded, keyof Credentials>> => {
  const secrets: string[] = []
  const codes: string[] = []
  for (let number = 1; number <= count; number++) {
    const { setupId, secret } = (await required(browser.do('two-factor.begin'))).body
    const input = { setupId, code: codeAt(secret, Date.now()), name: `App ${number}` }
    const { recoveryCodes } = (await required(browser.do('two-factor.confirm', input))).body
    secrets.push(secret)
    codes.push(...(recoveryCodes ?? []))
  }
  return { secrets, codes }
}

/** Every account that signs in below, made through the same calls the pages make. `rounds`: codes for so many. */
export const setUpSigners = async (latchkey: Latchkey, rounds: number): Promise<Signers> => {
  const plain: Credentials[] = []
  const guarded: Guarded[] = []
  const holders: Holder[] = []
  for (let queue = 0; queue < signersAtOnce; queue++) plain.push(await latchkey.join())
  for (let index = 0; index < guardedCount; index++) {
    const { browser, ...credentials } = await latchkey.join()
    guarded.push({ ...credentials, ...(await addApps(browser, rounds * codesPerRound)) })
  }
  for (let queue = 0; queue < signersAtOnce; queue++) {
    const { browser } = await latchkey.join()
    const { input, ...holder } = await offerPasskey({ url: latchkey.url }, browser)
    await required(browser.do('passkeys.register', input))
    holders.push(holder)
  }
  return { plain, guarded, holders }
}

let addresses = 0

/** Each sign-in from another address, as people do: here all would share one address. */
const nextAddress = (): string => {
  addresses += 1
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`
}

/** One browser without a past: it brings the cookies of this sign-in and no others. */
class Visit {
  readonly #connection: KeptConnection
  readonly #address = nextAddress()
  readonly #cookies = new Map<string, string>()

  constructor(connection: KeptConnection) {
    this.#connection = connection
  }

  async post(path: string, input: object): Promise<Answered> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answered = await this.#connection.ask({
      method: 'POST',
      path,
      headers: { 'x-forwarded-for': this.#address, ...(cookie ? { cookie } : {}) },
      body: JSON.stringify(input),
    })
    if (answered.status !== 200) throw new Error(`${path}: ${answered.status} ${answered.text}`)
    for (const [name, value] of answered.cookies) this.#cookies.set(name, value)
    return answered
  }
}

type SignIn = (visit: Visit) => Promise<Answered>

const withPassword =
  ({ email, password }: Credentials): SignIn =>
  (visit) =>
    visit.post('/api/v1/sign-in', { email, password })

const withCode =
  (person: Credentials, method: string, proof: () => string): SignIn =>
  async (visit) => {
    await withPassword(person)(visit)
    return visit.post('/api/v1/sign-in/second-step', { method, proof: proof() })
  }

const withPasskey =
  ({ authenticator, passkey }: Holder): SignIn =>
  async (visit) => {
    const asked = JSON.parse((await visit.post('/api/v1/sign-in/passkey/options', {})).text)
    const response = authenticator.get(asked.options, passkey)
    return visit.post('/api/v1/sign-in/passkey', { ceremonyId: asked.ceremonyId, response })
  }

/** Runs each queue's sign-ins one after the other, all queues at once; how many there were in a second. */
const perSecond = async (port: number, queues: readonly Iterable<SignIn>[]): Promise<number> => {
  const connections = await Promise.all(queues.map(() => KeptConnection.open(port)))
  const since = performance.now()
  let done = 0
  await Promise.all(
    queues.map(async (signIns, queue) => {
      for (const signIn of signIns) {
        const { text } = await signIn(new Visit(connections[queue] as KeptConnection))
        if (JSON.parse(text).next !== 'done') throw new Error(`not signed in: ${text}`)
        done += 1
      }
    }),
  )
  const seconds = (performance.now() - since) / 1000
  for (const connection of connections) connection.close()
  return done / seconds
}

function* until(deadline: number, signIn: SignIn): Iterable<SignIn> {
  while (performance.now() < deadline) yield signIn
}

const forSeconds = (port: number, seconds: number, signIns: readonly SignIn[]): Promise<number> => {
  const deadline = performance.now() + seconds * 1000
  return perSecond(
    port,
    signIns.map((signIn) => until(deadline, signIn)),
  )
}

export const passwordsPerSecond = (
  { port }: Latchkey,
  { plain }: Signers,
  seconds: number,
): Promise<number> => forSeconds(port, seconds, plain.map(withPassword))

export const passkeysPerSecond = (
  { port }: Latchkey,
  { holders }: Signers,
  seconds: number,
): Promise<number> => forSeconds(port, seconds, holders.map(withPasskey))

/** Each queue signs two people in, with codes that were not used before. */
const codesPerSecond = (
  port: number,
  guarded: readonly Guarded[],
  take: (person: Guarded) => SignIn,
): Promise<number> =>
  perSecond(
    port,
    Array.from({ length: signersAtOnce }, (_, queue) =>
      guarded
        .filter((_, index) => index % signersAtOnce === queue)
        .flatMap((person) => Array.from({ length: codesPerRound }, () => take(person))),
    ),
  )

export const appCodesPerSecond = ({ port }: Latchkey, { guarded }: Signers): Promise<number> =>
  codesPerSecond(port, guarded, (person) => {
    const secret = person.secrets.shift() ?? ''
    return withCode(person, 'totp', () => codeAt(secret, Date.now()))
  })

export const recoveryCodesPerSecond = ({ port }: Latchkey, { guarded }: Signers): Promise<number> =>
  codesPerSecond(port, guarded, (person) => {
    const code = person.codes.shift() ?? ''
    return withCode(person, 'recovery-code', () => code)
  })
