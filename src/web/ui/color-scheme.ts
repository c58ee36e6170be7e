import type { MantineColorSchemeManager } from '@mantine/core'
import { onStoredColorScheme, readColorScheme, storeColorScheme } from '#web/lib/color-scheme.ts'

let stop: (() => void) | null = null

/** Mantine's view of the one stored choice. */
export const colorSchemeManager: MantineColorSchemeManager = {
  get: () => readColorScheme(),
  set: storeColorScheme,
  subscribe: (onUpdate) => {
    stop = onStoredColorScheme(onUpdate)
  },
  unsubscribe: () => stop?.(),
  clear: () => storeColorScheme('auto'),
}
