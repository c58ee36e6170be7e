import type { ParseKeys, ResourceNamespaceMap } from 'i18next'
import type { TextsOf } from './contracts.ts'

declare module 'i18next' {
  /** The shell's own texts; those of the modules are in `contracts.ts`. */
  interface ResourceNamespaceMap {
    web: TextsOf<typeof import('#web/texts/en.json')>
    app: TextsOf<typeof import('#web/app/texts/en.json')>
    reference: TextsOf<typeof import('#web/reference/texts/en.json')>
  }
}

/** A module from outside brings no types: its namespace takes every key. */
export type Namespace = keyof ResourceNamespaceMap | (string & Record<never, never>)
export type TextKey<N extends string> = N extends keyof ResourceNamespaceMap
  ? ParseKeys<N> & string
  : string
