import { Button, type ButtonProps, Loader } from '@mantine/core'
import type { ComponentProps, MouseEvent } from 'react'
import classes from './ProgressButton.module.css'

type Props = ButtonProps &
  Omit<ComponentProps<'button'>, keyof ButtonProps> & {
    readonly pending: boolean
  }

/**
 * Shows progress and cannot be pressed twice. It stays focusable meanwhile: a disabled button
 * would drop the focus of a user who pressed it by keyboard.
 */
export const ProgressButton = ({ pending, onClick, children, ...others }: Props) => {
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (pending) event.preventDefault()
    else onClick?.(event)
  }
  return (
    <Button
      {...others}
      onClick={press}
      aria-busy={pending}
      aria-disabled={pending}
      data-pending={pending || undefined}
      className={classes.button}
    >
      <span className={classes.label}>{children}</span>
      {pending && <Loader className={classes.loader} size={16} color="currentColor" />}
    </Button>
  )
}
