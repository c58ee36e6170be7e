import { type MouseEvent, useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}
window.addEventListener('popstate', tell)

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** The entrance is a handful of pages: an address and a switch are all the router they need. */
export const usePathname = (): string => useSyncExternalStore(subscribe, () => location.pathname)

export const navigate = (path: string, { replace = false } = {}): void => {
  if (replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  window.scrollTo(0, 0)
  tell()
}

/** Leaves the entrance for good: Back must not come here again. */
export const leaveTo = (path: string): void => location.replace(path)

/** For real links: a plain click stays in the page, everything else is the browser's. */
export const followLink = (event: MouseEvent<HTMLAnchorElement>): void => {
  const isPlain =
    event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
  if (!isPlain || event.defaultPrevented) return
  event.preventDefault()
  const { pathname, search } = event.currentTarget
  navigate(pathname + search)
}
