// Relative, because a `#` import stops at the nearest package.json, which here is that of the bench.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { modules } from '../src/app.ts'
import { buildRegistry } from '../src/platform/http/registry.ts'
import { Browser } from '../test/harness/client.ts'
import { readMails, tokenIn } from '../test/harness/mails.ts'
import { freePort, type Subject, startSubject } from './processes.ts'

const registry = buildRegistry(modules)
const password = 'violet-kettle-93-harbour'
/** People who sign in at once: more than hash at once, so that hashing never waits for them. */
const signersCount = 6
const mailMillisMax = 10_000

type Signer = { readonly browser: Browser; readonly email: string }

export type Latchkey = Subject & {
  readonly dataDir: string
  readonly cookie: string
  readonly permissions: readonly string[]
  /** One person each, so that none waits for another's wrong guesses. */
  readonly signers: readonly Signer[]
}

/** As an operator runs it. Raised: what one address may ask for, because here one address is everybody. */
export const startLatchkey = async (dataDir: string, port: number): Promise<Subject> =>
  startSubject({
    script: 'src/main.ts',
    port,
    probe: '/healthz',
    output: join(dataDir, 'output.log'),
    env: {
      LATCHKEY_DATA_DIR: dataDir,
      LATCHKEY_LOG_LEVEL: 'info',
      LATCHKEY_TRUSTED_PROXIES: '1',
      LATCHKEY_LIMITS_REQUESTS_PER_ADDRESS: '10000000',
      NODE_COMPILE_CACHE: join(dataDir, '..', 'compile-cache'),
    },
  })

const setupCode = async (output: string): Promise<string> => {
  for (let tries = 0; tries < 100; tries++) {
    const code = /#code=(\S+)/.exec(readFileSync(output, 'utf8'))?.[1]
    if (code) return decodeURIComponent(code)
    await sleep(20)
  }
  throw new Error('no setup code was printed')
}

const required = async (answer: ReturnType<Browser['do']>): Promise<void> => {
  const { status, text } = await answer
  if (status !== 200) throw new Error(`setting up failed with ${status}: ${text}`)
}

/** Waits for the invitation the way a person does: until the mail is there. */
const invitationFor = async (dataDir: string, email: string): Promise<string> => {
  const deadline = Date.now() + mailMillisMax
  while (Date.now() < deadline) {
    const mail = (await readMails(dataDir)).find((one) => one.to === email)
    if (mail) return tokenIn(mail)
    await sleep(50)
  }
  throw new Error(`no invitation arrived for ${email}`)
}

type Owner = { readonly url: string; readonly browser: Browser; readonly dataDir: string }

const joinAs = async (owner: Owner, index: number): Promise<Signer> => {
  const email = `signer${index}@example.com`
  await required(owner.browser.do('people.invite', { email, role: 'member' }))
  const browser = new Browser(owner.url, registry, {})
  const token = await invitationFor(owner.dataDir, email)
  await required(browser.do('sign-in.join', { token, name: `Signer ${index}`, password }))
  return { browser, email }
}

/** An installation with an owner and people, made through the same calls its pages make. */
export const setUpLatchkey = async (dataDir: string): Promise<Latchkey> => {
  const port = await freePort()
  const subject = await startLatchkey(dataDir, port)
  const url = `http://localhost:${port}`
  const owner = new Browser(url, registry, {})
  const code = await setupCode(join(dataDir, 'output.log'))
  const email = 'ada@example.com'
  await required(
    owner.do('sign-in.set-up', { code, organisationName: 'Acme', name: 'Ada', email, password }),
  )
  const signers: Signer[] = []
  for (let index = 0; index < signersCount; index++)
    signers.push(await joinAs({ url, browser: owner, dataDir }, index))
  const me = await owner.do('account.me')
  return {
    ...subject,
    dataDir,
    signers,
    cookie: `latchkey=${owner.cookies.get('latchkey')}`,
    permissions: me.body.permissions as string[],
  }
}

/** Sign-ins per second: everybody signs in again as soon as they are in. Each time from another address, as people do. */
export const signInsPerSecond = async ({ signers }: Latchkey, seconds: number): Promise<number> => {
  const since = performance.now()
  const until = since + seconds * 1000
  let done = 0
  const lane = async ({ browser, email }: Signer): Promise<void> => {
    while (performance.now() < until) {
      browser.cookies.clear()
      const address = `10.${(done >> 16) & 255}.${(done >> 8) & 255}.${done & 255}`
      await required(
        browser.do('sign-in.start', { email, password }, { 'x-forwarded-for': address }),
      )
      done += 1
    }
  }
  await Promise.all(signers.map(lane))
  return done / ((performance.now() - since) / 1000)
}
