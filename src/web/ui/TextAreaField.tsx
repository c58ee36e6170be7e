import type { ComponentProps } from 'react'
import { FieldFrame, type FieldProps } from './plain/Field.tsx'
import classes from './TextAreaField.module.css'

type Props = FieldProps &
  Omit<ComponentProps<'textarea'>, keyof FieldProps> & { readonly isCode?: boolean }

/** A field of several lines. */
export const TextAreaField = ({ isCode = false, label, error, hint, ...area }: Props) => (
  <FieldFrame name={area.name} label={label} error={error} hint={hint}>
    {({ id, describedBy }) => (
      <textarea
        rows={4}
        {...area}
        id={id}
        className={classes.area}
        data-code={isCode || undefined}
        data-invalid={error ? true : undefined}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy}
      />
    )}
  </FieldFrame>
)
