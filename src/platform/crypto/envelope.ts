import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Context, Db, Keys } from '@latchkey/kit'
import type { DataKeyTables } from './tables.ts'

/** Where a sealed value lives. Bound to it as additional data, so it cannot be moved to another row (NIST SP 800-38D). */
export type Place = { readonly table: string; readonly row: string; readonly column: string }

const formatVersion = 1
const nonceBytes = 12
const tagBytes = 16

type Sealing = Pick<Context, 'db' | 'keys' | 'random' | 'now'>

const aad = (place: Place, dataKey: string): Buffer =>
  Buffer.from([place.table, place.row, place.column, dataKey].join('\u0000'))

type Plain = {
  readonly nonce: Uint8Array
  readonly plain: Uint8Array
  readonly bound: Uint8Array
}

const encrypt = (key: Uint8Array, { nonce, plain, bound }: Plain): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(bound)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

const decrypt = (key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Buffer => {
  const bytes = Buffer.from(sealed)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
  decipher.setAAD(bound)
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes))
  return Buffer.concat([
    decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)),
    decipher.final(),
  ])
}

const wrapAad = (id: string): Buffer => Buffer.from(`data_keys\u0000${id}`)

/** Unwrapped data keys, per key ring. Two or three of them exist; they never change once made. */
const unwrapped = new WeakMap<Keys, Map<string, Buffer>>()

const remember = (keys: Keys, id: string, key: Buffer): Buffer => {
  const kept = unwrapped.get(keys) ?? new Map<string, Buffer>()
  kept.set(id, key)
  unwrapped.set(keys, kept)
  return key
}

/** Made in a transaction that is still open and may be rolled back: only that transaction may read it, and it is not cached. */
const unsettled = new WeakMap<Db, Set<string>>()

const noteUnsettled = (db: Db, id: string): void => {
  if (db.isTransaction) unsettled.set(db, (unsettled.get(db) ?? new Set()).add(id))
}

const dataKey = async (db: Db, keys: Keys, id: string): Promise<Buffer | null> => {
  const kept = unwrapped.get(keys)?.get(id)
  if (kept) return kept
  const row = await db
    .withTables<DataKeyTables>()
    .selectFrom('data_keys')
    .select(['wrapped', 'kek_version'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return null
  const key = decrypt(keys.version('encryption', row.kek_version), row.wrapped, wrapAad(id))
  return unsettled.get(db)?.has(id) ? key : remember(keys, id, key)
}

const makeDataKey = async (ctx: Sealing, id: string): Promise<Buffer> => {
  const key = Buffer.from(ctx.random.bytes(32))
  const kek = ctx.keys.current('encryption')
  await ctx.db
    .withTables<DataKeyTables>()
    .insertInto('data_keys')
    .values({
      id,
      wrapped: encrypt(kek.secret, {
        nonce: ctx.random.bytes(nonceBytes),
        plain: key,
        bound: wrapAad(id),
      }),
      kek_version: kek.version,
      created_at: ctx.now(),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  noteUnsettled(ctx.db, id)
  // Another process may have been first; what the table holds is the truth.
  const row = await ctx.db
    .withTables<DataKeyTables>()
    .selectFrom('data_keys')
    .select(['wrapped', 'kek_version'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return decrypt(ctx.keys.version('encryption', row.kek_version), row.wrapped, wrapAad(id))
}

/** Wraps every data key with the newest key of the file. The rows they seal stay as they are. Returns how many there were. */
export const rewrapDataKeys = async (ctx: Sealing): Promise<number> => {
  const kek = ctx.keys.current('encryption')
  const tables = ctx.db.withTables<DataKeyTables>()
  const old = await tables
    .selectFrom('data_keys')
    .select(['id', 'wrapped', 'kek_version'])
    .where('kek_version', '<', kek.version)
    .execute()
  for (const { id, wrapped, kek_version } of old) {
    const bound = wrapAad(id)
    const plain = decrypt(ctx.keys.version('encryption', kek_version), wrapped, bound)
    const nonce = ctx.random.bytes(nonceBytes)
    await tables
      .updateTable('data_keys')
      .set({ wrapped: encrypt(kek.secret, { nonce, plain, bound }), kek_version: kek.version })
      .where('id', '=', id)
      .where('kek_version', '=', kek_version)
      .execute()
  }
  return old.length
}

/** Data keys that the key file cannot open: what they seal would be lost. */
export const listClosedDataKeys = async (db: Db, keys: Keys): Promise<readonly string[]> => {
  const rows = await db
    .withTables<DataKeyTables>()
    .selectFrom('data_keys')
    .select(['id', 'wrapped', 'kek_version'])
    .orderBy('id')
    .execute()
  return rows.filter((row) => !opens(keys, row)).map((row) => row.id)
}

const opens = (keys: Keys, row: Omit<DataKeyTables['data_keys'], 'created_at'>): boolean => {
  try {
    decrypt(keys.version('encryption', row.kek_version), row.wrapped, wrapAad(row.id))
    return true
  } catch {
    return false
  }
}

/** One data key per table: re-wrapping them is how the key file is rotated without touching every row. */
const dataKeyId = (place: Place): string => `${place.table}.1`

/** AES-256-GCM: format version, length of the data key's id, the id, nonce, ciphertext, tag. */
export const seal = async (
  ctx: Sealing,
  place: Place,
  plain: string | Uint8Array,
): Promise<Uint8Array> => {
  const id = dataKeyId(place)
  const key = (await dataKey(ctx.db, ctx.keys, id)) ?? (await makeDataKey(ctx, id))
  const header = Buffer.concat([Buffer.from([formatVersion, id.length]), Buffer.from(id)])
  return Buffer.concat([
    header,
    encrypt(key, {
      nonce: ctx.random.bytes(nonceBytes),
      plain: Buffer.from(plain as Uint8Array),
      bound: aad(place, id),
    }),
  ])
}

/** The id of the data key stands in front of the ciphertext; the ciphertext is bound to it. */
const takeApart = (sealed: Uint8Array): { readonly id: string; readonly rest: Buffer } => {
  const bytes = Buffer.from(sealed)
  if (bytes[0] !== formatVersion) throw new Error('a sealed value has an unknown format')
  const idLength = bytes[1] ?? 0
  return { id: bytes.subarray(2, 2 + idLength).toString(), rest: bytes.subarray(2 + idLength) }
}

/** The table a value was sealed for: one that was moved to another table keeps its bytes. */
export const sealedIn = (sealed: Uint8Array): string => takeApart(sealed).id.replace(/\.\d+$/, '')

/** Throws when the value was changed, moved to another row, or sealed with a key that is gone. */
export const unseal = async (
  ctx: { db: Db; keys: Keys },
  place: Place,
  sealed: Uint8Array,
): Promise<Buffer> => {
  const { id, rest } = takeApart(sealed)
  const key = await dataKey(ctx.db, ctx.keys, id)
  if (!key) throw new Error(`data key ${id} is missing`)
  return decrypt(key, rest, aad(place, id))
}
