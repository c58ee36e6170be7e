export const colorSchemes = ['light', 'dark', 'auto'] as const
export type ColorScheme = (typeof colorSchemes)[number]

/** Read before the first paint by the script in `src/web/build/html-head.ts`. */
const storageKey = 'latchkey-theme'
const darkQuery = '(prefers-color-scheme: dark)'

const isColorScheme = (value: unknown): value is ColorScheme =>
  colorSchemes.some((scheme) => scheme === value)

export const readColorScheme = (): ColorScheme => {
  try {
    const stored = localStorage.getItem(storageKey)
    return isColorScheme(stored) ? stored : 'auto'
  } catch {
    return 'auto'
  }
}

export const storeColorScheme = (scheme: ColorScheme): void => {
  try {
    localStorage.setItem(storageKey, scheme)
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}

/** Follows a choice made in another tab. */
export const onStoredColorScheme = (listener: (scheme: ColorScheme) => void): (() => void) => {
  const hear = (event: StorageEvent) => {
    if (event.key === storageKey) listener(isColorScheme(event.newValue) ? event.newValue : 'auto')
  }
  window.addEventListener('storage', hear)
  return () => window.removeEventListener('storage', hear)
}

export const showColorScheme = (scheme: ColorScheme): void => {
  const isDark = scheme === 'dark' || (scheme === 'auto' && matchMedia(darkQuery).matches)
  document.documentElement.dataset.mantineColorScheme = isDark ? 'dark' : 'light'
}

/** For `auto`: the system may change while the page is open. */
export const onSystemColorScheme = (listener: () => void): (() => void) => {
  const query = matchMedia(darkQuery)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}
