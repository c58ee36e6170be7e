import type { RefObject } from 'react'

/** Longer than a dialog takes to close and to give the focus back, perhaps to a button that is gone. */
const afterMs = 250

type Target = RefObject<HTMLElement | null>

/** For an act that takes away what had the focus: it goes to what is left, once the dialog has closed. */
export const focusLater = (target: Target): void => {
  setTimeout(() => target.current?.focus({ preventScroll: true }), afterMs)
}

/** The same where the focus may have found a place by itself. */
export const focusIfLost = (target: Target | undefined): void => {
  setTimeout(() => {
    if (document.activeElement === document.body) target?.current?.focus({ preventScroll: true })
  }, afterMs)
}
