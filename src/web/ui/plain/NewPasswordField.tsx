import { useState } from 'react'
import { useTexts } from '#web/lib/texts.ts'
import { PasswordField } from './PasswordField.tsx'
import { PasswordMeter } from './PasswordMeter.tsx'
import { type Assessment, useAssessment } from './use-assessment.ts'

type Props = {
  readonly name: string
  readonly label: string
  readonly error?: string | undefined
  /** Fields of the same form whose content must not make up the password. */
  readonly personal?: { readonly name?: string; readonly email?: string }
  /** Of the mailed link the page was opened with. */
  readonly token?: string
  /** Why the server refused what is typed: `weaknesses` of the password's contract. */
  readonly faults?: readonly string[]
}

type Weakness = Assessment['weaknesses'][number]

const weaknesses: Readonly<Record<Weakness, true>> = {
  too_short: true,
  too_long: true,
  common: true,
  personal: true,
  guessable: true,
  breached: true,
  same: true,
}

const isWeakness = (code: string): code is Weakness => code in weaknesses

const contentOf = (form: HTMLFormElement | null, name: string | undefined) => {
  const element = name === undefined ? null : form?.elements.namedItem(name)
  return element instanceof HTMLInputElement ? element.value.trim() : ''
}

/** A password to be: the field, and how good what is typed would be. */
export const NewPasswordField = ({
  name,
  label,
  error,
  personal = {},
  token,
  faults = [],
}: Props) => {
  const t = useTexts('password')
  const [typed, setTyped] = useState({ password: '', name: '', email: '' })
  const assessment = useAssessment({ ...typed, token })
  const reasons = faults
    .filter(isWeakness)
    .map((weakness) => t(`weaknesses.${weakness}`, { count: assessment?.lengthMin ?? 0 }))
  const isRefused = Boolean(error) && reasons.length > 0
  const content = typed.password === '' ? 'nothing' : 'something'
  return (
    <PasswordField
      name={name}
      label={label}
      error={isRefused ? reasons.join(' ') : error}
      autoComplete="new-password"
      hint={<PasswordMeter assessment={assessment} typed={isRefused ? 'refused' : content} />}
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
