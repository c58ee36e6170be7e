import { useState } from 'react'
import { PasswordField } from './PasswordField.tsx'
import { PasswordMeter } from './PasswordMeter.tsx'
import { useAssessment } from './use-assessment.ts'

type Props = {
  readonly name: string
  readonly label: string
  readonly error?: string | undefined
  /** Fields of the same form whose content must not make up the password. */
  readonly personal?: { readonly name?: string; readonly email?: string }
}

const contentOf = (form: HTMLFormElement | null, name: string | undefined) => {
  const element = name === undefined ? null : form?.elements.namedItem(name)
  return element instanceof HTMLInputElement ? element.value.trim() : ''
}

/** A password to be: the field, and how good what is typed would be. */
export const NewPasswordField = ({ name, label, error, personal = {} }: Props) => {
  const [typed, setTyped] = useState({ password: '', name: '', email: '' })
  const assessment = useAssessment(typed)
  return (
    <PasswordField
      name={name}
      label={label}
      error={error}
      autoComplete="new-password"
      hint={<PasswordMeter assessment={assessment} isEmpty={typed.password === ''} />}
      onInput={(event) => {
        const { value, form } = event.currentTarget
        setTyped({
          password: value,
          name: contentOf(form, personal.name),
          email: contentOf(form, personal.email),
        })
      }}
    />
  )
}
