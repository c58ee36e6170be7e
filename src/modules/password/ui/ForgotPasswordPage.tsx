import { useState } from 'react'
import { api, pageAs } from '#web/lib/client.ts'
import { emailAddress, firstOf, required } from '#web/lib/field-checks.ts'
import { useForm } from '#web/lib/form.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { rememberEmail, rememberedEmail } from '#web/lib/remembered-email.ts'
import { useTexts } from '#web/lib/texts.ts'
import { TextLink } from '#web/ui/plain/ButtonLink.tsx'
import { EntranceCard } from '#web/ui/plain/EntranceCard.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { ProblemNotice } from '#web/ui/plain/Notice.tsx'
import { QuietButton, SubmitButton } from '#web/ui/plain/SubmitButton.tsx'

const BackToSignIn = () => {
  const t = useTexts('password')
  return <TextLink href={pageAs['sign-in']}>{t('backToSignIn')}</TextLink>
}

/** The answer is the same for every caller: it never tells whether an address has an account. */
export const ForgotPasswordPage = () => {
  const t = useTexts('password')
  const [sentTo, setSentTo] = useState<string | null>(null)
  if (sentTo === null) {
    return (
      <EntranceCard
        key="ask"
        title={t('forgot.title')}
        intro={t('forgot.intro')}
        footer={<BackToSignIn />}
      >
        <ForgotForm onSent={setSentTo} />
      </EntranceCard>
    )
  }
  return (
    <EntranceCard
      key="sent"
      title={t('forgot.sentTitle')}
      intro={t('forgot.sentIntro', { email: sentTo })}
      footer={<BackToSignIn />}
      takesFocus
    >
      <QuietButton onPress={() => setSentTo(null)}>{t('forgot.again')}</QuietButton>
    </EntranceCard>
  )
}

const ForgotForm = ({ onSent }: { readonly onSent: (email: string) => void }) => {
  const t = useTexts('password')
  const form = useForm(
    {
      fields: ['email'],
      check: ({ email }) => ({ email: firstOf(email, required, emailAddress) }),
      send: async ({ email }) => {
        await api.password.requestReset({ email: email.trim() })
        rememberEmail(email)
        onSent(email.trim())
        return undefined
      },
      focusAtStart: 'email',
    },
    problemText,
  )
  return (
    <form {...form.props}>
      <ProblemNotice problem={form.problem} />
      <TextField
        {...form.field('email')}
        label={t('email')}
        type="email"
        autoComplete="username"
        defaultValue={rememberedEmail()}
      />
      <SubmitButton pending={form.pending}>{t('forgot.submit')}</SubmitButton>
    </form>
  )
}
