type Files = {
  web: typeof import('#web/texts/en.json')
  'sign-in': typeof import('#modules/sign-in/ui/texts/en.json')
  password: typeof import('#modules/password/ui/texts/en.json')
}

/** `items_one` and `items_other` are asked for as `items`. */
type WithoutPlural<K extends string> =
  K extends `${infer Stem}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}` ? Stem : K

type KeysOf<T, Path extends string = ''> = {
  [K in keyof T & string]: T[K] extends string
    ? `${Path}${WithoutPlural<K>}`
    : KeysOf<T[K], `${Path}${K}.`>
}[keyof T & string]

/** Files named above have their keys checked; any other namespace takes every key. */
export type TextKey<N extends string> = N extends keyof Files ? KeysOf<Files[N]> : string
export type Namespace = keyof Files | (string & Record<never, never>)
