import type { z } from 'zod'

/**
 * Settings of one module or platform part. Every field has a default and a description;
 * `minLength` of group `password` is `password.minLength` in the file and `LATCHKEY_PASSWORD_MIN_LENGTH` in the environment.
 */
export type SettingsGroup<Name extends string = string, S extends z.ZodObject = z.ZodObject> = {
  readonly name: Name
  readonly summary: string
  readonly schema: S
}

export type SettingsOf<G extends SettingsGroup> = z.output<G['schema']>

/** `schema.meta(secretSetting)`: it may also be given as a file, and is shown nowhere. */
export const secretSetting = { isSecret: true } as const

export const settings = <const Name extends string, S extends z.ZodObject>(
  name: Name,
  summary: string,
  schema: S,
): SettingsGroup<Name, S> => ({ name, summary, schema })
