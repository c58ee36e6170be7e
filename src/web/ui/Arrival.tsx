import { type ReactNode, useEffect, useRef } from 'react'
import classes from './Arrival.module.css'

/** A step of a dialog. It takes the focus when it appears: the button that led here is gone. */
export const Arrival = ({ children }: { readonly children: ReactNode }) => {
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => frame.current?.focus(), [])
  return (
    <div ref={frame} className={classes.arrival} tabIndex={-1} data-autofocus>
      {children}
    </div>
  )
}
