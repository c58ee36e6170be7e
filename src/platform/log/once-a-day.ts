import { dayMs } from '../clock/moment.ts'

/** Lets a thing through once in a day: for what an operator must hear of, and what arrives with every request. */
export const onceADay = (now: () => number): ((say: () => void) => void) => {
  let saidAt = Number.NEGATIVE_INFINITY
  return (say) => {
    const at = now()
    if (at - saidAt < dayMs) return
    saidAt = at
    say()
  }
}
