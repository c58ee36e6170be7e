declare module 'virtual:rest-lines' {
  import type { PageRole } from '@latchkey/kit'
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
  /** The address of the page that has a role. */
  export const pageAs: Readonly<Record<PageRole, string>>
  /** Addresses of the pages before sign-in. */
  export const entrances: readonly string[]
}

declare module 'virtual:modules/ui' {
  import type { UiModule } from '#web/lib/ui-module.ts'

  export const modules: readonly { readonly module: string; readonly ui: UiModule }[]
}

declare module 'virtual:modules/entrances' {
  import type { EntrancePage } from '#web/lib/entrance-page.ts'

  export const modules: readonly {
    readonly module: string
    readonly entrance: readonly EntrancePage[]
  }[]
}

declare module 'virtual:modules/texts' {
  import type { ResourceKey } from 'i18next'

  /** `<module>/<locale>` → its texts. */
  export const loaders: Readonly<Record<string, () => Promise<ResourceKey>>>
}

declare module 'virtual:modules/events' {
  import type { EventIcon } from '@latchkey/kit'

  export type EventFacts = { readonly module: string; readonly icon: EventIcon }
  /** Code in the audit trail → whose event it is, and its picture. */
  export const events: Readonly<Record<string, EventFacts>>
}

declare module 'virtual:modules/methods' {
  /** Id of a way to prove it is you that a module from outside adds → the module. */
  export const methods: Readonly<Record<string, string>>
}
