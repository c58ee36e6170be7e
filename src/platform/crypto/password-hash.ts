import { argon2, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { type Config, type Keys, type Random, Refusal } from '@latchkey/kit'
import { hashingSettings } from '../config/core.ts'
import { refusals } from '../refusals.ts'
import { Semaphore } from './semaphore.ts'

const argon2Async = promisify(argon2)

const saltBytes = 16
const tagBytes = 32

/**
 * One more than there are cores: while the main thread waits for the disk, it cannot hand out the next hash, and a core
 * would be idle.
 */
export const hashesAtOnce = availableParallelism() + 1

/**
 * Hashing takes 19 MiB and 25 to 50 ms of one core. Many more at once than there are cores only makes all slower;
 * more than a second of waiting is refused, so a flood of sign-ins cannot starve the rest.
 */
const hashing = new Semaphore({ atOnce: hashesAtOnce, waitingMax: 32 })

export type StoredPassword = { readonly phc: string; readonly pepperVersion: number }

type Cost = { readonly memoryKib: number; readonly passes: number; readonly parallelism: number }

/** What the settings cannot go below, and what the bounds above are made for. */
const lowest: Cost = { memoryKib: 19_456, passes: 2, parallelism: 1 }
const workOf = ({ memoryKib, passes }: Cost): number => memoryKib * passes

const costNow = (config: Config): Cost => ({ ...config.read(hashingSettings), parallelism: 1 })

const derive = (
  password: string,
  {
    salt,
    pepper,
    at,
  }: { readonly salt: Uint8Array; readonly pepper: Uint8Array; readonly at: Cost },
): Promise<Buffer> =>
  hashing.run(
    () =>
      argon2Async('argon2id', {
        message: Buffer.from(password.normalize('NFC')),
        nonce: salt,
        parallelism: at.parallelism,
        tagLength: tagBytes,
        memory: at.memoryKib,
        passes: at.passes,
        secret: pepper,
      }),
    () => new Refusal(refusals.busy, { retryAfterSeconds: 2 }),
    workOf(at) / workOf(lowest),
  )

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64').replaceAll('=', '')

const phcHead = ({ memoryKib, passes, parallelism }: Cost): string =>
  `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}`

type Hashing = { readonly keys: Keys; readonly random: Random }

const hashAt = async (ctx: Hashing, password: string, at: Cost): Promise<StoredPassword> => {
  const salt = ctx.random.bytes(saltBytes)
  const pepper = ctx.keys.current('pepper')
  const tag = await derive(password, { salt, pepper: pepper.secret, at })
  return { phc: `${phcHead(at)}$${base64(salt)}$${base64(tag)}`, pepperVersion: pepper.version }
}

/** PHC string: parameters travel with the hash, so they can be raised later. About 50 ms. Refuses with `http.busy`. */
export const hashPassword = (
  ctx: Hashing & { readonly config: Config },
  password: string,
): Promise<StoredPassword> => hashAt(ctx, password, costNow(ctx.config))

/** For random secrets: they cannot be guessed even at the lowest cost, so a raised cost of passwords does not apply. */
export const hashCode = (
  ctx: Hashing & { readonly config: Config },
  code: string,
): Promise<StoredPassword> => {
  const now = costNow(ctx.config)
  return hashAt(ctx, code, workOf(now) < workOf(lowest) ? now : lowest)
}

const parse = (phc: string): { at: Cost; salt: Buffer; tag: Buffer } | null => {
  const match =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc)
  if (!match) return null
  const [, memoryKib, passes, parallelism, salt, tag] = match
  return {
    at: { memoryKib: Number(memoryKib), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt ?? '', 'base64'),
    tag: Buffer.from(tag ?? '', 'base64'),
  }
}

/** The work a real check would take, for accounts that do not exist or have no password. Its result is never "right". */
const decoy = (at: Cost, pepperVersion: number): StoredPassword => ({
  phc: `${phcHead(at)}$${base64(Buffer.alloc(saltBytes, 7))}$${base64(Buffer.alloc(tagBytes))}`,
  pepperVersion,
})

/**
 * The work that an older, cheaper hash saves, as a hash of its own: two passes over as much memory as is missing. Without
 * it a wrong guess would be answered sooner where there is an account than where there is none. Null: too little to matter.
 */
export const workLeft = (stored: Cost, now: Cost): Cost | null => {
  const missing = workOf(now) - workOf(stored)
  const memoryKib = Math.floor(missing / 2)
  return memoryKib < 1024 ? null : { memoryKib, passes: 2, parallelism: 1 }
}

/**
 * Compares in constant time. Null stands for an unknown user: it costs the same and is never right.
 * `outdated` says that the parameters or the pepper have been raised since and the password should be hashed anew.
 */
export const verifyPassword = async (
  ctx: { readonly keys: Keys; readonly config: Config },
  stored: StoredPassword | null,
  password: string,
): Promise<{ readonly right: boolean; readonly outdated: boolean }> => {
  const cost = costNow(ctx.config)
  const newest = ctx.keys.current('pepper').version
  const use = stored ?? decoy(cost, newest)
  const parsed = parse(use.phc)
  if (!parsed) throw new Error('a stored password hash cannot be read')
  const { salt } = parsed
  const pepper = ctx.keys.version('pepper', use.pepperVersion)
  const tag = await derive(password, { salt, pepper, at: parsed.at })
  const right = stored !== null && timingSafeEqual(tag, parsed.tag)
  const left = workLeft(parsed.at, cost)
  if (left && !right) await derive(password, { salt, pepper, at: left })
  const outdated =
    parsed.at.memoryKib < cost.memoryKib ||
    parsed.at.passes < cost.passes ||
    use.pepperVersion < newest
  return { right, outdated }
}
