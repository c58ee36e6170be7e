import type { Say } from '#web/lib/texts.ts'
import type { Schema } from './document.ts'

/** One row of a table of input or output; `name` is the way to it: `accessToken.state`, `people[].name`. */
export type Field = { readonly name: string; readonly isRequired: boolean; readonly schema: Schema }

const deepest = 3

const choices = (schema: Schema): readonly Schema[] => schema.anyOf ?? [schema]
const isNull = (schema: Schema): boolean => schema.type === 'null'
/** What it is when it is there. */
const bare = (schema: Schema): Schema => choices(schema).find((one) => !isNull(one)) ?? schema

const mayBeNull = (schema: Schema): boolean =>
  choices(schema).some(isNull) || (Array.isArray(schema.type) && schema.type.includes('null'))

/** An object with everything in it, one row each. */
export const fieldsOf = (schema: Schema, prefix = '', depth = 1): readonly Field[] =>
  Object.entries(bare(schema).properties ?? {}).flatMap(([key, inner]) => {
    const name = prefix + key
    const own = { name, isRequired: schema.required?.includes(key) ?? false, schema: inner }
    if (depth >= deepest) return [own]
    const value = bare(inner)
    const nested = value.items
      ? fieldsOf(value.items, `${name}[].`, depth + 1)
      : fieldsOf(value, `${name}.`, depth + 1)
    return [own, ...nested]
  })

const typeOf = ({ type }: Schema): string =>
  (typeof type === 'string' ? type : type?.find((one) => one !== 'null')) ?? 'any'

const nameOf = (schema: Schema, t: Say<'reference'>): string => {
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ')
  if (schema.format === 'date-time' || schema.format === 'binary') return schema.format
  if (schema.items) return t('input.listOf', { type: typeText(schema.items, t) })
  return typeOf(schema)
}

export const typeText = (schema: Schema, t: Say<'reference'>): string => {
  const type = nameOf(bare(schema), t)
  return mayBeNull(schema) ? t('input.orNull', { type }) : type
}

/** What has to be known besides the type, in whole sentences. */
export const meaningOf = (schema: Schema, t: Say<'reference'>): string => {
  const {
    description,
    default: preset,
    minimum,
    maximum,
    maxLength,
  } = { ...schema, ...bare(schema) }
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
  return [
    description ?? '',
    minimum !== undefined && isBounded ? t('input.least', { value: minimum }) : '',
    isBounded ? t('input.most', { value: maximum }) : '',
    maxLength === undefined ? '' : t('input.mostLetters', { value: maxLength }),
    preset === undefined ? '' : t('input.default', { value: JSON.stringify(preset) }),
  ]
    .filter(Boolean)
    .join(' ')
}
