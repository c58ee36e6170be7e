import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import classes from './Field.module.css'
import { FieldFrame, type FieldProps } from './Field.tsx'

type Props = FieldProps &
  Omit<ComponentProps<'input'>, keyof FieldProps | 'type'> & {
    readonly autoComplete: 'current-password' | 'new-password' | 'off'
  }

/** Pasting is allowed, and so is looking at what one typed (NIST SP 800-63B-4 §3.1.1.2). */
export const PasswordField = ({ label, error, hint, ...input }: Props) => {
  const t = useTexts('web')
  const [isVisible, setIsVisible] = useState(false)
  const Icon = isVisible ? EyeOff : Eye
  return (
    <FieldFrame name={input.name} label={label} error={error} hint={hint}>
      {({ id, describedBy }) => (
        <div className={classes.box} data-invalid={error ? true : undefined}>
          <input
            {...input}
            id={id}
            className={classes.input}
            type={isVisible ? 'text' : 'password'}
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={error ? true : undefined}
            aria-describedby={describedBy}
          />
          <button
            type="button"
            className={classes.reveal}
            aria-controls={id}
            aria-label={t(isVisible ? 'password.hide' : 'password.show')}
            title={t(isVisible ? 'password.hide' : 'password.show')}
            onClick={() => setIsVisible(!isVisible)}
          >
            <Icon size={17} aria-hidden />
          </button>
        </div>
      )}
    </FieldFrame>
  )
}
