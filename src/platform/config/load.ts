import type { Config, SettingsGroup, SettingsOf } from '@latchkey/kit'
import { z } from 'zod'
import { wanted } from '../input/wanted.ts'
import { closest } from './closest.ts'
import { withSecretFiles } from './secret-files.ts'

/** A setting is wrong. Every line names the setting and never its value: values may be secrets. */
export class ConfigProblem extends Error {
  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.name = 'ConfigProblem'
  }
}

export type Field = {
  readonly group: SettingsGroup
  readonly key: string
  readonly path: string
  readonly env: string
  readonly schema: z.ZodType
  /** Given as `<env>_FILE` as well. */
  readonly isSecret: boolean
}

/** PORT and HOST are what every host platform sets; the rest carries our name. */
const bareNames = new Set(['port', 'host'])
const envName = (path: string): string => {
  const snake = path
    .replaceAll('.', '_')
    .replace(/([A-Z])/g, '_$1')
    .toUpperCase()
  return bareNames.has(path) ? snake : `LATCHKEY_${snake}`
}

export const fieldsOf = (groups: readonly SettingsGroup[]): Field[] =>
  groups.flatMap((group) =>
    Object.entries(group.schema.shape).map(([key, schema]) => {
      const path = group.name ? `${group.name}.${key}` : key
      const type = schema as z.ZodType
      const isSecret = type.meta()?.isSecret === true
      return { group, key, path, env: envName(path), schema: type, isSecret }
    }),
  )

/** What a text from the environment could mean; the schema picks the first that fits. */
const readings = (text: string): unknown[] => {
  const all: unknown[] = [text]
  if (/^-?\d+(\.\d+)?$/.test(text)) all.push(Number(text))
  if (text === 'true' || text === 'false') all.push(text === 'true')
  all.push(text.split(',').map((part) => part.trim()))
  return all
}

/** PORT and HOST are the two names without our prefix; operators who know the others tend to add it. */
const meantName = (name: string, known: readonly string[]): string | null => {
  const bare = name.replace(/^LATCHKEY_/, '')
  return known.includes(bare) ? bare : closest(name, known)
}

const fromEnvironment = (
  env: Readonly<Record<string, string | undefined>>,
  fields: readonly Field[],
  problems: string[],
): Map<string, unknown> => {
  const byName = new Map(fields.map((field) => [field.env, field]))
  const found = new Map<string, unknown>()
  for (const [name, text] of Object.entries(env)) {
    const field = byName.get(name)
    if (text === undefined || (!field && !name.startsWith('LATCHKEY_'))) continue
    if (!field) {
      const guess = meantName(name, [...byName.keys()])
      problems.push(`${name} is not a setting.${guess ? ` Did you mean ${guess}?` : ''}`)
      continue
    }
    // An empty variable is how shells and compose files say "not set".
    if (text === '') continue
    const fit = readings(text).find((value) => field.schema.safeParse(value).success)
    if (fit === undefined) problems.push(`${name} ${expectation(field, readings(text))}`)
    else found.set(field.path, fit)
  }
  return found
}

/** Names both bounds: an operator who typed a word for a number needs to know more than that it is none. */
const wantedNumber = (schema: z.ZodType): string | null => {
  const { type, minimum, maximum } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  if (type !== 'integer' && type !== 'number') return null
  const kind = type === 'integer' ? 'a whole number' : 'a number'
  const hasEnd = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
  if (minimum !== undefined && hasEnd) return `must be ${kind} from ${minimum} to ${maximum}`
  return minimum === undefined ? `must be ${kind}` : `must be ${kind} of at least ${minimum}`
}

/** What an entry of a list lacks says more than that a text is no list. */
const firstFault = (schema: z.ZodType, values: readonly unknown[]): string => {
  const issues = values.flatMap(
    (value) => schema.safeParse(value, { error: wanted }).error?.issues.slice(0, 1) ?? [],
  )
  const [issue] = [...issues.filter(({ path }) => path.length > 0), ...issues]
  return issue?.message ?? 'cannot be used here'
}

const expectation = ({ schema, path }: Field, values: readonly unknown[]): string =>
  `is not usable: it ${wantedNumber(schema) ?? firstFault(schema, values)}. It means: ${schema.description ?? path}`

const fromFile = (
  file: unknown,
  fields: readonly Field[],
  problems: string[],
): Map<string, unknown> => {
  const found = new Map<string, unknown>()
  if (file === undefined) return found
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    problems.push('latchkey.config.json must hold one JSON object.')
    return found
  }
  const groups = new Set(fields.map((field) => field.group.name).filter(Boolean))
  const flat = Object.entries(file).flatMap(([key, value]) =>
    groups.has(key) && typeof value === 'object' && value !== null
      ? Object.entries(value).map(([inner, v]) => [`${key}.${inner}`, v] as const)
      : [[key, value] as const],
  )
  const byPath = new Map(fields.map((field) => [field.path, field]))
  for (const [path, value] of flat) {
    const field = byPath.get(path)
    if (!field) {
      const guess = closest(path, [...byPath.keys()])
      problems.push(
        `latchkey.config.json: ${path} is not a setting.${guess ? ` Did you mean ${guess}?` : ''}`,
      )
    } else if (field.schema.safeParse(value).success) found.set(path, value)
    else problems.push(`latchkey.config.json: ${path} ${expectation(field, [value])}`)
  }
  return found
}

export type Source = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly file?: unknown
}

const pick = <V>(from: Readonly<Record<string, V>>, key: string): Record<string, V> => {
  const value = from[key]
  return value === undefined ? {} : { [key]: value }
}

/**
 * Reads one setting before the others, because they depend on it. `loadConfig` judges the rest of the source, once every
 * group is known.
 */
export const readAhead = <G extends SettingsGroup, K extends keyof SettingsOf<G> & string>(
  group: G,
  key: K,
  { env, file }: Source,
): SettingsOf<G>[K] => {
  const [field] = fieldsOf([group]).filter((field) => field.key === key)
  const isObject = typeof file === 'object' && file !== null && !Array.isArray(file)
  const config = loadConfig([group], {
    env: pick(env, field?.env ?? ''),
    file: isObject ? pick(file as Readonly<Record<string, unknown>>, field?.path ?? '') : undefined,
  })
  return config.read(group)[key]
}

/**
 * Reads every setting once, at start. The environment wins over the file.
 * Throws ConfigProblem listing everything that is wrong, not only the first thing.
 */
export const loadConfig = (groups: readonly SettingsGroup[], source: Source): Config => {
  const fields = fieldsOf(groups)
  const problems: string[] = []
  const secretNames = new Set(fields.filter(({ isSecret }) => isSecret).map(({ env }) => env))
  const given = new Map([
    ...fromFile(source.file, fields, problems),
    ...fromEnvironment(withSecretFiles(source.env, secretNames, problems), fields, problems),
  ])
  if (problems.length > 0) throw new ConfigProblem(problems)
  const values = new Map(
    groups.map((group) => [
      group,
      group.schema.parse(
        Object.fromEntries(
          fields
            .filter((field) => field.group === group && given.has(field.path))
            .map((field) => [field.key, given.get(field.path)]),
        ),
      ),
    ]),
  )
  return {
    read: (group) => {
      const value = values.get(group)
      if (!value) throw new Error(`settings group "${group.name}" is not declared by any module`)
      return value as never
    },
  }
}
