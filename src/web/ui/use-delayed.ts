import { useEffect, useState } from 'react'

/** Shorter waits pass unseen: a skeleton that flashes is worse than none. */
const skeletonDelayMs = 150

export const useDelayed = (delayMs: number = skeletonDelayMs): boolean => {
  const [isOver, setIsOver] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setIsOver(true), delayMs)
    return () => clearTimeout(timer)
  }, [delayMs])
  return isOver
}
