declare module 'virtual:rest-lines' {
  import type { Contracts } from '#web/lib/contracts.ts'

  /** `METHOD /path/{parameter}` of every operation, by module and key. */
  export const lines: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The name of the cursor, of each operation that pages by key. */
  export const cursors: Readonly<Record<string, Readonly<Record<string, 'after' | 'before'>>>>
  /** What each operation with a file as its body takes. */
  export const uploads: Readonly<
    Record<string, Readonly<Record<string, { types: readonly string[]; bytesMax: number }>>>
  >
  /** The `pages` of every contract. */
  export const pages: {
    readonly [M in keyof Contracts]: Contracts[M] extends { pages: infer P }
      ? P
      : Record<never, never>
  }
}
