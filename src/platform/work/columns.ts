import type { Context, WorkOutline } from '@latchkey/kit'
import { type Place, seal, sealedIn, unseal } from '../crypto/envelope.ts'

const bytesMax = 64 * 1024

type Column = 'input' | 'result'
type Written = { readonly plain: string | null; readonly sealed: Uint8Array | null }

const place = (id: string, column: Column): Place => ({
  table: 'work',
  row: id,
  column: `sealed_${column}`,
})

/** Letters that migration 202612010230 moved here are still sealed for the table they came from. */
const placeOf = (id: string, column: Column, sealed: Uint8Array): Place =>
  sealedIn(sealed) === 'outbox'
    ? { table: 'outbox', row: id, column: 'payload' }
    : place(id, column)

/** A value as the row holds it: as JSON, or encrypted where the kind may hold a secret. */
export const toColumns = async (
  ctx: Pick<Context, 'db' | 'keys' | 'random' | 'now'>,
  kind: WorkOutline,
  { id, column, value }: { readonly id: string; readonly column: Column; readonly value: unknown },
): Promise<Written> => {
  const text = JSON.stringify(value)
  if (Buffer.byteLength(text) > bytesMax)
    throw new Error(`${column} of ${kind.name} is longer than ${bytesMax} bytes`)
  if (!kind.sealed) return { plain: text, sealed: null }
  return { plain: null, sealed: await seal(ctx, place(id, column), text) }
}

/** Decides by the columns of the row, not by the kind's present setting, which may have changed since. */
export const fromColumns = async (
  ctx: Pick<Context, 'db' | 'keys'>,
  { id, column, plain, sealed }: Written & { readonly id: string; readonly column: Column },
): Promise<unknown> => {
  if (!sealed) return plain === null ? null : JSON.parse(plain)
  return JSON.parse((await unseal(ctx, placeOf(id, column, sealed), sealed)).toString())
}
