import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'

/** Several presses of an arrow key are one change. */
const settleMs = 700

const moved = (ids: readonly string[], from: number, to: number): readonly string[] => {
  const id = ids[from]
  return id === undefined ? ids : ids.toSpliced(from, 1).toSpliced(to, 0, id)
}

/** The row whose middle the pointer has passed, so that rows of unequal height do not jump to and fro. */
const placeUnder = (list: Element, y: number, from: number): number => {
  const middles = [...list.children].map((row) => {
    const { top, height } = row.getBoundingClientRect()
    return top + height / 2
  })
  const later = middles.findLastIndex((middle, index) => index > from && y > middle)
  if (later > from) return later
  const earlier = middles.findIndex((middle, index) => index < from && y < middle)
  return earlier < 0 ? from : earlier
}

type Dragging = {
  readonly list: Element
  readonly onMove: (y: number) => void
  readonly onEnd: (isKept: boolean) => void
}

/** On the window: a row that changes its place in the page would lose a captured pointer. */
const followPointer = ({ onMove, onEnd }: Dragging): void => {
  const watching = new AbortController()
  const { signal } = watching
  const end = (isKept: boolean) => () => {
    watching.abort()
    onEnd(isKept)
  }
  addEventListener('pointermove', (event) => onMove(event.clientY), { signal })
  addEventListener('pointerup', end(true), { signal })
  addEventListener('pointercancel', end(false), { signal })
  addEventListener('keydown', (event) => event.key === 'Escape' && end(false)(), { signal })
}

type Options = {
  readonly ids: readonly string[]
  readonly nameOf: (id: string) => string
  /** Stores the order; settles when the list shows what is stored. */
  readonly commit: (ids: readonly string[]) => Promise<void>
}
type Said = { readonly id: string; readonly name: string; readonly position: number }

/** Rows that are moved by dragging their handle, or with the arrow keys on it. */
export const useReorder = ({ ids, nameOf, commit }: Options) => {
  const [draft, setDraft] = useState<readonly string[] | null>(null)
  const [lifted, setLifted] = useState<string | null>(null)
  const [said, setSaid] = useState<Said | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const handles = useRef(new Map<string, HTMLElement>())
  const order = draft?.length === ids.length && draft.every((id) => ids.includes(id)) ? draft : ids

  useEffect(() => () => clearTimeout(timer.current), [])
  // Moving an element in the page takes the focus from what is in it.
  useEffect(() => {
    if (said) handles.current.get(said.id)?.focus()
  }, [said])

  const store = (wanted: readonly string[]) => {
    clearTimeout(timer.current)
    if (wanted.join() === ids.join()) return setDraft(null)
    void commit(wanted).finally(() => setDraft(null))
  }

  const step = (id: string, by: number) => {
    const from = order.indexOf(id)
    const to = Math.max(0, Math.min(order.length - 1, from + by))
    if (to === from) return
    const wanted = moved(order, from, to)
    setDraft(wanted)
    setSaid({ id, name: nameOf(id), position: to + 1 })
    clearTimeout(timer.current)
    timer.current = setTimeout(() => store(wanted), settleMs)
  }

  const lift = (id: string, event: PointerEvent<HTMLElement>) => {
    const list = event.currentTarget.closest('ul')
    if (event.button !== 0 || !list) return
    clearTimeout(timer.current)
    let wanted = order
    setLifted(id)
    followPointer({
      list,
      onMove: (y) => {
        const from = wanted.indexOf(id)
        const to = placeUnder(list, y, from)
        if (to === from) return
        wanted = moved(wanted, from, to)
        setDraft(wanted)
      },
      onEnd: (isKept) => {
        setLifted(null)
        if (!isKept) return setDraft(null)
        if (wanted !== order) setSaid({ id, name: nameOf(id), position: wanted.indexOf(id) + 1 })
        store(wanted)
      },
    })
  }

  const onKeyDown = (id: string, event: KeyboardEvent) => {
    const by = event.key === 'ArrowUp' ? -1 : Number(event.key === 'ArrowDown')
    if (by === 0) return
    event.preventDefault()
    step(id, by)
  }

  const handle = (id: string) => ({
    ref: (element: HTMLElement | null) => {
      if (element) handles.current.set(id, element)
      else handles.current.delete(id)
    },
    onPointerDown: (event: PointerEvent<HTMLElement>) => lift(id, event),
    onKeyDown: (event: KeyboardEvent) => onKeyDown(id, event),
  })
  return { order, lifted, said, handle, step } as const
}
