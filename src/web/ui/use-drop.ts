import { type DragEvent, useRef, useState } from 'react'

const carriesFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files')

/** Dropping a file onto an element. Buttons do the same for users who cannot drag. */
export const useDrop = (take: (file: File) => void) => {
  const [isOver, setIsOver] = useState(false)
  // Entering a child fires before leaving its parent: only the balance says whether the pointer is inside.
  const depth = useRef(0)

  const enter = (event: DragEvent) => {
    if (!carriesFiles(event)) return
    depth.current += 1
    setIsOver(true)
  }
  const leave = (event: DragEvent) => {
    if (!carriesFiles(event)) return
    depth.current = Math.max(0, depth.current - 1)
    setIsOver(depth.current > 0)
  }
  const over = (event: DragEvent) => {
    if (carriesFiles(event)) event.preventDefault()
  }
  const drop = (event: DragEvent) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    depth.current = 0
    setIsOver(false)
    const file = event.dataTransfer.files[0]
    if (file) take(file)
  }
  return {
    isOver,
    handlers: { onDragEnter: enter, onDragLeave: leave, onDragOver: over, onDrop: drop },
  } as const
}
