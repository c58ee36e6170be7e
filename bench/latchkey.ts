// Relative, because a `#` import stops at the nearest package.json, which here is that of the bench.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createBuiltInProduct } from '../src/product.ts'
import { type Answer, Browser } from '../test/harness/client.ts'
import { readMails, tokenIn } from '../test/harness/mails.ts'
import { freePort, type Subject, startSubject } from './processes.ts'

const { registry } = createBuiltInProduct()

const password = 'violet-kettle-93-harbour'
const mailMillisMax = 10_000

type Joined = { readonly browser: Browser; readonly email: string; readonly password: string }

export type Latchkey = Subject & {
  readonly dataDir: string
  readonly cookie: string
  readonly permissions: readonly string[]
  readonly url: string
  /** A new person, who was invited and has just joined. */
  readonly join: () => Promise<Joined>
  /** Creates an access token of the owner. */
  readonly makeToken: () => Promise<void>
}

/** As an operator runs it. Raised: what one address may ask for, because here every caller has the same address. */
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
      // As the launcher, the unit and the image set it.
      MALLOC_ARENA_MAX: '1',
      MALLOC_MMAP_THRESHOLD_: '33554432',
      MALLOC_TRIM_THRESHOLD_: '67108864',
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

export const required = async (asked: Promise<Answer>): Promise<Answer> => {
  const answer = await asked
  if (answer.status === 200) return answer
  throw new Error(`setting up failed with ${answer.status}: ${answer.text}`)
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

const joinAs = async (owner: Owner, index: number): Promise<Joined> => {
  const email = `person${index}@example.com`
  await required(owner.browser.do('people.invite', { email, role: 'member' }))
  const browser = new Browser(owner.url, registry, {})
  const token = await invitationFor(owner.dataDir, email)
  const from = { 'x-forwarded-for': `192.0.2.${index}` }
  await required(browser.do('sign-in.join', { token, name: `Person ${index}`, password }, from))
  return { browser, email, password }
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
  let people = 0
  const me = await owner.do('account.me')
  return {
    ...subject,
    dataDir,
    url,
    join: () => {
      people += 1
      return joinAs({ url, browser: owner, dataDir }, people)
    },
    makeToken: async () => {
      await required(owner.do('access-tokens.create', { name: 'Bench' }))
    },
    cookie: `latchkey=${owner.cookies.get('latchkey')}`,
    permissions: me.body.permissions as string[],
  }
}
