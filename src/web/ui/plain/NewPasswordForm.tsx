import { useForm } from '#web/lib/form.ts'
import { checkConfirmation, checkNewPassword } from '#web/lib/new-password.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { NewPasswordField } from './NewPasswordField.tsx'
import { ProblemNotice } from './Notice.tsx'
import { PasswordField } from './PasswordField.tsx'
import { SubmitButton } from './SubmitButton.tsx'

type Props = {
  /** Of the mailed link the page was opened with. */
  readonly token: string
  readonly words: { readonly label: string; readonly again: string; readonly submit: string }
  /** What it throws is shown, a weakness beside the field. */
  readonly send: (newPassword: string) => Promise<void>
}

/** What a mailed link opens for a user who cannot sign in: a new password, typed twice. */
export const NewPasswordForm = ({ token, words, send }: Props) => {
  const form = useForm(
    {
      fields: ['newPassword', 'confirmation'],
      check: (values) => ({
        newPassword: checkNewPassword(values.newPassword),
        confirmation: checkConfirmation(values),
      }),
      send: async ({ newPassword }) => {
        await send(newPassword)
        return undefined
      },
      besideField: { 'password.too_weak': 'newPassword' },
      focusAtStart: 'newPassword',
    },
    problemText,
  )
  return (
    <form {...form.props}>
      <ProblemNotice problem={form.problem} />
      <NewPasswordField
        {...form.field('newPassword')}
        faults={form.faults('newPassword')}
        label={words.label}
        token={token}
      />
      <PasswordField
        {...form.field('confirmation')}
        label={words.again}
        autoComplete="new-password"
      />
      <SubmitButton pending={form.pending}>{words.submit}</SubmitButton>
    </form>
  )
}
