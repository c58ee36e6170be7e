import { useState } from 'react'
import { api, Problem, pages } from '#web/lib/client.ts'
import { useForm } from '#web/lib/form.ts'
import { takenFromFragment } from '#web/lib/fragment.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ButtonLink, TextLink } from '#web/ui/plain/ButtonLink.tsx'
import { EntranceCard } from '#web/ui/plain/EntranceCard.tsx'
import { NewPasswordField } from '#web/ui/plain/NewPasswordField.tsx'
import { ProblemNotice } from '#web/ui/plain/Notice.tsx'
import { PasswordField } from '#web/ui/plain/PasswordField.tsx'
import { SubmitButton } from '#web/ui/plain/SubmitButton.tsx'
import { checkConfirmation, checkNewPassword } from './checks.ts'

type State = 'open' | 'incomplete' | 'spent' | 'done'

export const ResetPasswordPage = () => {
  const t = useTexts('password')
  const token = takenFromFragment('token')
  const [state, setState] = useState<State>(token === null ? 'incomplete' : 'open')
  if (token !== null && state === 'open') {
    return (
      <EntranceCard key="open" title={t('reset.title')} intro={t('reset.intro')}>
        <ResetForm token={token} onEnd={setState} />
      </EntranceCard>
    )
  }
  if (state === 'done') {
    return (
      <EntranceCard key="done" title={t('reset.doneTitle')} intro={t('reset.doneIntro')} takesFocus>
        <ButtonLink href={pages.signIn.signIn}>{t('signIn')}</ButtonLink>
      </EntranceCard>
    )
  }
  const isSpent = state === 'spent'
  return (
    <EntranceCard
      key="dead"
      title={t(isSpent ? 'reset.spentTitle' : 'reset.incompleteTitle')}
      intro={t(isSpent ? 'reset.spentIntro' : 'reset.incompleteIntro')}
      footer={<TextLink href={pages.signIn.signIn}>{t('backToSignIn')}</TextLink>}
      takesFocus={isSpent}
    >
      <ButtonLink href={pages.password.forgot}>{t('reset.newLink')}</ButtonLink>
    </EntranceCard>
  )
}

const isDeadLink = (error: unknown) =>
  error instanceof Problem && error.code === 'password.link_invalid'

type FormProps = { readonly token: string; readonly onEnd: (state: State) => void }

const ResetForm = ({ token, onEnd }: FormProps) => {
  const t = useTexts('password')
  const form = useForm(
    {
      fields: ['newPassword', 'confirmation'],
      check: (values) => ({
        newPassword: checkNewPassword(values.newPassword),
        confirmation: checkConfirmation(values),
      }),
      send: async ({ newPassword }) => {
        try {
          await api.password.reset({ token, newPassword })
          onEnd('done')
        } catch (error) {
          if (!isDeadLink(error)) throw error
          onEnd('spent')
        }
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
      <NewPasswordField {...form.field('newPassword')} label={t('newPassword')} />
      <PasswordField
        {...form.field('confirmation')}
        label={t('confirmation')}
        autoComplete="new-password"
      />
      <SubmitButton pending={form.pending}>{t('reset.submit')}</SubmitButton>
    </form>
  )
}
