import { loaders as ofModules } from 'virtual:modules/texts'
import i18next, { type ResourceKey, type ResourceNamespaceMap } from 'i18next'
import { use, useMemo, useSyncExternalStore } from 'react'
import {
  type AnyLocale,
  announceLocale,
  detectLocale,
  directionOf,
  isLocale,
  type Locale,
  pseudoLocale,
  storeLocale,
} from './locale.ts'
import type { Namespace, TextKey } from './text-keys.ts'

export { type AnyLocale, type Direction, type Locale, locales } from './locale.ts'

type TextValues = Readonly<Record<string, string | number>> & { readonly count?: number }
/** Says one text of a namespace. */
export type Say<N extends string = string> = (key: TextKey<N>, values?: TextValues) => string

const texts = i18next.createInstance()

const files = import.meta.glob<ResourceKey>(
  ['#web/texts/*.json', '#web/app/texts/*.json', '#web/reference/texts/*.json'],
  { import: 'default' },
)

/** `…/app/texts/en.json` is English of `app`; the shell's others are `web` and `reference`. */
const nameOf = (path: string): string => {
  const found = /(?:(app|reference)\/)?texts\/([\w-]+)\.json$/.exec(path)
  return `${found?.[1] ?? 'web'}/${found?.[2]}`
}
const loaders = new Map([
  ...Object.entries(files).map(([path, load]) => [nameOf(path), load] as const),
  ...Object.entries(ofModules),
])

/** Languages that can be chosen today. */
const offeredLocales: readonly Locale[] = [...loaders.keys()]
  .map((name) => name.replace('web/', ''))
  .filter(isLocale)

let locale: AnyLocale = 'en'
let version = 0
const listeners = new Set<() => void>()
const pending = new Map<string, Promise<void>>()
const namespaces = new Set<string>()
const settled = new Set<string>()

const changed = () => {
  version += 1
  for (const listener of listeners) listener()
}

const loadFile = async (namespace: string, wanted: AnyLocale): Promise<void> => {
  const source = wanted === pseudoLocale ? 'en' : wanted
  const found = await loaders.get(`${namespace}/${source}`)?.()
  if (!found) return
  const bundle =
    wanted === pseudoLocale ? (await import('./pseudo-locale.ts')).pseudoOf(found) : found
  texts.addResourceBundle(wanted, namespace, bundle)
}

const loadNamespace = (namespace: string, wanted: AnyLocale): Promise<void> => {
  const key = `${namespace}/${wanted}`
  const known = pending.get(key)
  if (known) return known
  // English comes along for what is not translated yet.
  const files = wanted === 'en' || wanted === pseudoLocale ? [wanted] : (['en', wanted] as const)
  const loading = Promise.all(files.map((file) => loadFile(namespace, file))).then(
    () => {
      namespaces.add(namespace)
      settled.add(key)
    },
    (error: unknown) => {
      pending.delete(key)
      throw error
    },
  )
  pending.set(key, loading)
  return loading
}

/** Loads ahead of time what a page is about to show. */
export const loadTexts = async (wanted: readonly Namespace[]): Promise<void> => {
  await Promise.all(wanted.map((namespace) => loadNamespace(namespace, locale)))
  changed()
}

/** Once, before the first render. */
export const startTexts = async (first: readonly Namespace[]): Promise<void> => {
  locale = detectLocale(offeredLocales)
  announceLocale(locale)
  texts.init({
    lng: locale,
    fallbackLng: 'en',
    initAsync: false,
    interpolation: { escapeValue: false },
  })
  await loadTexts(first)
}

/** Loads what is on screen in the new language first, so that no text is missing for a moment. */
export const setLocale = async (chosen: AnyLocale): Promise<void> => {
  await Promise.all([...namespaces].map((namespace) => loadNamespace(namespace, chosen)))
  locale = chosen
  storeLocale(chosen)
  announceLocale(chosen)
  await texts.changeLanguage(chosen)
  changed()
}

/** For `use`, which must be called every time: what has been loaded is marked as such, so that it never suspends. */
const settledTexts = (namespace: string, wanted: AnyLocale): Promise<void> => {
  const loading = loadNamespace(namespace, wanted)
  if (settled.has(`${namespace}/${wanted}`)) Object.assign(loading, { status: 'fulfilled' })
  return loading
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}
const useVersion = () => useSyncExternalStore(subscribe, () => version)

/** Says a text outside of a component, e.g. `say('web', 'title')`; the namespace must have been loaded. */
export const say = <N extends Namespace>(
  namespace: N,
  key: TextKey<N>,
  values?: TextValues,
): string =>
  // The key was checked where it was written; here its namespace is any of them.
  (texts.t as unknown as (key: string, values: object) => string)(key, { ...values, ns: namespace })

/** Whether there is a text for a key that came from outside. */
export const hasText = <N extends Namespace>(namespace: N, key: string): key is TextKey<N> =>
  texts.exists(key, { ns: namespace as keyof ResourceNamespaceMap })

/** The texts of one namespace; suspends until they are there. `const t = useTexts('sessions')`. */
export const useTexts = <N extends Namespace>(namespace: N): Say<N> => {
  const seen = useVersion()
  use(settledTexts(namespace, locale))
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version must give a new function, or memoised children keep the old language.
  return useMemo(() => (textKey, values) => say(namespace, textKey, values), [namespace, seen])
}

export const useLocale = () => {
  useVersion()
  return { locale, direction: directionOf(locale), offered: offeredLocales, setLocale } as const
}
