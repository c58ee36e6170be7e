import { useEffect, useRef } from 'react'

/** After the focus trap of a dialog below has put the focus where it thinks best. */
const returnAfterMs = 30

const isInLayer = (element: Element) => element.closest('[role="dialog"], [role="menu"]') !== null

/** A menu is gone by the time the dialog it opened closes; its button is not. */
let lastOutside: HTMLElement | null = null
addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && !isInLayer(target)) lastOutside = target
})

const isUsable = (element: HTMLElement | null): element is HTMLElement =>
  element?.isConnected === true && element.closest('[inert]') === null

/**
 * Gives the focus back to what had it when the dialog opened. Mantine does the same, except for dialogs
 * in a stack: there a dialog stops being the current one in the very moment it closes.
 */
export const useReturnedFocus = (opened: boolean): void => {
  const before = useRef<HTMLElement | null>(null)
  useEffect(() => {
    if (opened) {
      before.current = document.activeElement instanceof HTMLElement ? document.activeElement : null
      return
    }
    if (!before.current) return
    const target = [before.current, lastOutside].find(isUsable)
    before.current = null
    const timer = setTimeout(() => {
      const now = document.activeElement
      // Somebody else may have had a better idea, such as the heading of the next page.
      if (now === null || now === document.body || isInLayer(now)) target?.focus({ preventScroll: true })
    }, returnAfterMs)
    return () => clearTimeout(timer)
  }, [opened])
}
