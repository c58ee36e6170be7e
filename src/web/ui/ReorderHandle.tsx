import { GripVertical } from 'lucide-react'
import type { ComponentPropsWithRef } from 'react'
import classes from './ReorderHandle.module.css'

type Props = Omit<ComponentPropsWithRef<'button'>, 'className' | 'type' | 'children'> & {
  readonly 'aria-label': string
}

/** What a row is dragged by; with the focus on it, the arrow keys move the row. */
export const ReorderHandle = (props: Props) => (
  <button {...props} type="button" className={classes.handle}>
    <GripVertical size={16} aria-hidden />
  </button>
)
