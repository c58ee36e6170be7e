import { CircleAlert } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import classes from './Field.module.css'

/*
 * The fields of the pages before sign-in, and of the password forms everywhere: plain elements, so
 * that a visitor does not wait for a component library before they can type.
 */

export type FieldProps = {
  readonly name: string
  readonly label: string
  readonly error?: string | null | undefined
  readonly hint?: ReactNode
}

type FrameProps = FieldProps & {
  readonly children: (ids: { id: string; describedBy: string | undefined }) => ReactNode
}

export const FieldFrame = ({ label, error, hint, children }: FrameProps) => {
  const id = useId()
  const errorId = `${id}-error`
  const hintId = `${id}-hint`
  const describedBy = [error && errorId, hint && hintId].filter(Boolean).join(' ') || undefined
  return (
    <div className={classes.field}>
      <label className={classes.label} htmlFor={id}>
        {label}
      </label>
      {children({ id, describedBy })}
      {error && (
        <p className={classes.error} id={errorId}>
          <CircleAlert size={14} aria-hidden />
          {error}
        </p>
      )}
      {hint && (
        <div className={classes.hint} id={hintId}>
          {hint}
        </div>
      )}
    </div>
  )
}

type TextFieldProps = FieldProps &
  Omit<ComponentProps<'input'>, keyof FieldProps> & { readonly isCode?: boolean }

export const TextField = ({ isCode = false, label, error, hint, ...input }: TextFieldProps) => (
  <FieldFrame name={input.name} label={label} error={error} hint={hint}>
    {({ id, describedBy }) => (
      <div className={classes.box} data-invalid={error ? true : undefined}>
        <input
          {...input}
          id={id}
          className={classes.input}
          data-code={isCode || undefined}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy}
        />
      </div>
    )}
  </FieldFrame>
)

type CheckFieldProps = {
  readonly name: string
  readonly label: string
  readonly defaultChecked?: boolean
}

export const CheckField = ({ label, ...input }: CheckFieldProps) => (
  <label className={classes.check}>
    <input {...input} type="checkbox" className={classes.tick} />
    {label}
  </label>
)

/** Small things side by side, as long as there is room. */
export const FieldRow = ({ children }: { readonly children: ReactNode }) => (
  <div className={classes.row}>{children}</div>
)
