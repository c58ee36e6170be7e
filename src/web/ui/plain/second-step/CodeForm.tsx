import type { ComponentProps, FormEvent } from 'react'
import type { Problem } from '#web/lib/client.ts'
import { required } from '#web/lib/field-checks.ts'
import { useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { TextField } from '../Field.tsx'
import { ProblemNotice } from '../Notice.tsx'
import { PasswordField } from '../PasswordField.tsx'
import { SubmitButton } from '../SubmitButton.tsx'
import { codeLength, digitsIn } from './digits.ts'
import { type Method, type Proving, useMethodWords } from './prove.ts'
import { StepActions } from './StepActions.tsx'

type FieldName = ReturnType<ReturnType<typeof useForm<'proof'>>['field']>
/** A dialog looks for what to focus when it opens. */
type FieldProps = FieldName & { readonly 'data-autofocus': true }

/** The field is sent as soon as it is complete: typed, pasted or filled in by the device. */
const onDigits = (event: FormEvent<HTMLInputElement>) => {
  const { currentTarget: field, nativeEvent } = event
  if ((nativeEvent as InputEvent).isComposing) return
  const digits = digitsIn(field.value)
  if (digits !== field.value) field.value = digits
  if (digits.length === codeLength) field.form?.requestSubmit()
}

const TotpField = (field: FieldProps) => {
  const t = useTexts('web')
  return (
    <TextField
      {...field}
      label={t('secondStep.totp.label')}
      hint={t('secondStep.totp.hint')}
      inputMode="numeric"
      autoComplete="one-time-code"
      spellCheck={false}
      onInput={onDigits}
      onCompositionEnd={onDigits as ComponentProps<'input'>['onCompositionEnd']}
      isCode
      data-digits
    />
  )
}

const RecoveryCodeField = (field: FieldProps) => {
  const t = useTexts('web')
  return (
    <TextField
      {...field}
      label={t('secondStep.recovery-code.label')}
      hint={t('secondStep.recovery-code.hint')}
      autoComplete="off"
      autoCapitalize="off"
      autoCorrect="off"
      spellCheck={false}
      isCode
    />
  )
}

const SecondPasswordField = (field: FieldProps) => {
  const t = useTexts('web')
  return (
    <PasswordField
      {...field}
      label={t('secondStep.password.label')}
      autoComplete="current-password"
    />
  )
}

const OutsideField = ({ method, ...field }: FieldProps & { readonly method: Method }) => (
  <PasswordField {...field} label={useMethodWords(method)('label')} autoComplete="off" />
)

const fields = {
  totp: TotpField,
  'recovery-code': RecoveryCodeField,
  password: SecondPasswordField,
} as const
type TypedMethod = keyof typeof fields
const isBuiltIn = (method: Method): method is TypedMethod => method in fields

type Props = Proving & { readonly method: Method }

const proofOf = (method: Method, typed: string) =>
  method === 'totp' ? digitsIn(typed) : method === 'password' ? typed : typed.trim()

/** A proof that is typed. A wrong one is cleared, so that the next try starts at once. */
export const CodeForm = ({ method, ...proving }: Props) => {
  const { prove, wrongCode, wrongText, submitLabel, email, wayOut } = proving
  const t = useTexts('web')
  const Field = isBuiltIn(method) ? fields[method] : null
  const isWrong = (problem: Problem) => problem.code === wrongCode
  const form = useForm(
    {
      fields: ['proof'],
      check: ({ proof }) => ({
        proof:
          method === 'totp' && proof !== '' && digitsIn(proof).length < codeLength
            ? t('secondStep.totp.short', { count: codeLength })
            : required(proof),
      }),
      send: async ({ proof }) => {
        try {
          return await prove(method, proofOf(method, proof))
        } catch (error) {
          form.props.ref.current?.reset()
          throw error
        }
      },
      besideField: { [wrongCode]: 'proof' },
      focusAtStart: 'proof',
      focusAfterRefusal: 'proof',
    },
    (problem) => (isWrong(problem) ? wrongText(method) : problemText(problem)),
  )
  return (
    <form {...form.props}>
      <ProblemNotice problem={form.problem} />
      {method === 'password' && (
        <input type="text" autoComplete="username" value={email} readOnly hidden />
      )}
      {Field ? (
        <Field {...form.field('proof')} data-autofocus />
      ) : (
        <OutsideField {...form.field('proof')} method={method} data-autofocus />
      )}
      <StepActions wayOut={wayOut}>
        <SubmitButton pending={form.pending}>{submitLabel}</SubmitButton>
      </StepActions>
    </form>
  )
}
