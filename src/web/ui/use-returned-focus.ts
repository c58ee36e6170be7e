import { useEffect, useRef } from 'react'

/** Once the focus trap of a dialog below has put the focus where it thinks best; again when this dialog has faded out. */
const returnAfterMs = [30, 200]

const isInLayer = (element: Element) => element.closest('[role="dialog"], [role="menu"]') !== null

/** A menu is gone by the time the dialog it opened closes; its button is not. */
let lastOutside: HTMLElement | null = null
addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement && !isInLayer(target)) lastOutside = target
})

const isUsable = (element: HTMLElement | null): element is HTMLElement =>
  element?.isConnected === true &&
  // Where the focus falls when a menu vanishes at once, as it does without motion.
  element !== document.body &&
  element.closest('[inert], [role="menu"]') === null

/** Other code may have moved the focus to a better place: the heading of the next page, a field that was just refused. */
const isTaken = (now: Element | null) =>
  now !== null &&
  now !== document.body &&
  (!isInLayer(now) || now.getAttribute('aria-invalid') === 'true')

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
    const giveBack = () => {
      if (!isTaken(document.activeElement)) target?.focus({ preventScroll: true })
    }
    const timers = returnAfterMs.map((delay) => setTimeout(giveBack, delay))
    return () => timers.forEach(clearTimeout)
  }, [opened])
}
