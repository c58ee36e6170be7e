import { type ReactNode, useEffect, useRef } from 'react'
import classes from './Button.module.css'

type Props = { readonly pending: boolean; readonly children: ReactNode }

const Progress = ({ pending, children }: Props) => (
  <>
    <span className={classes.label}>{children}</span>
    {pending && <span className={classes.spinner} aria-hidden />}
  </>
)

/** Shows progress and keeps its size and the focus; the form itself ignores a second press. */
export const SubmitButton = ({ pending, children }: Props) => (
  <button type="submit" className={classes.button} aria-busy={pending} aria-disabled={pending}>
    <Progress pending={pending}>{children}</Progress>
  </button>
)

type PressProps = {
  readonly onPress: () => void
  readonly pending?: boolean
  /** What to do next is to press it: the focus is here when it appears. */
  readonly takesFocus?: boolean
  readonly children: ReactNode
}

const PressButton = ({
  onPress,
  pending = false,
  takesFocus = false,
  children,
  className,
}: PressProps & { readonly className: string | undefined }) => {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (takesFocus) button.current?.focus()
  }, [takesFocus])
  return (
    <button
      ref={button}
      type="button"
      className={className}
      data-autofocus={takesFocus || undefined}
      aria-busy={pending}
      aria-disabled={pending}
      onClick={() => !pending && onPress()}
    >
      <Progress pending={pending}>{children}</Progress>
    </button>
  )
}

/** The main thing to do where there is nothing to fill in. */
export const ActButton = (props: PressProps) => (
  <PressButton {...props} className={classes.button} />
)

export const QuietButton = (props: PressProps) => (
  <PressButton {...props} className={classes.quiet} />
)

/** An act in a line of text. */
export const TextButton = ({ onPress, children }: PressProps) => (
  <button type="button" className={classes.text} onClick={onPress}>
    {children}
  </button>
)
