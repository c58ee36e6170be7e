import { useState } from 'react'
import { api, pages } from '#web/lib/client.ts'
import { emailAddress, firstOf, required } from '#web/lib/field-checks.ts'
import { useForm } from '#web/lib/form.ts'
import { useInstallation } from '#web/lib/installation.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ButtonLink, TextLink } from '#web/ui/plain/ButtonLink.tsx'
import { EntranceCard, EntranceFailure, EntranceSkeleton } from '#web/ui/plain/EntranceCard.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { ProblemNotice } from '#web/ui/plain/Notice.tsx'
import { QuietButton, SubmitButton } from '#web/ui/plain/SubmitButton.tsx'

export const SignUpPage = () => {
  const t = useTexts('sign-in')
  const { installation, problem, retry } = useInstallation()
  const [sentTo, setSentTo] = useState<string | null>(null)
  if (problem) return <EntranceFailure error={problem} onRetry={retry} />
  if (!installation) return <EntranceSkeleton fields={1} />
  if (installation.signUp !== 'open') {
    const why = installation.signUp === 'closed' ? 'nobody' : 'closed'
    return (
      <EntranceCard title={t(`signUp.${why}Title`)} intro={t(`signUp.${why}Intro`)}>
        <ButtonLink href={pages.signIn.signIn}>{t('toSignIn')}</ButtonLink>
      </EntranceCard>
    )
  }
  if (sentTo !== null) {
    return (
      <EntranceCard
        key="sent"
        title={t('signUp.sentTitle')}
        intro={t('signUp.sentIntro', { email: sentTo })}
        takesFocus
      >
        <QuietButton onPress={() => setSentTo(null)}>{t('signUp.otherAddress')}</QuietButton>
      </EntranceCard>
    )
  }
  const organisation = installation.organisationName
  return (
    <EntranceCard
      key="ask"
      title={organisation ? t('signUp.titleAt', { organisation }) : t('signUp.title')}
      intro={t('signUp.intro')}
      footer={
        <>
          {t('signUp.haveAccount')} <TextLink href={pages.signIn.signIn}>{t('toSignIn')}</TextLink>
        </>
      }
    >
      <SignUpForm onSent={setSentTo} />
    </EntranceCard>
  )
}

const SignUpForm = ({ onSent }: { readonly onSent: (email: string) => void }) => {
  const t = useTexts('sign-in')
  const form = useForm(
    {
      fields: ['email'],
      check: ({ email }) => ({ email: firstOf(email, required, emailAddress) }),
      send: async ({ email }) => {
        await api.signIn.signUp({ email: email.trim() })
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
      <TextField {...form.field('email')} label={t('email')} type="email" autoComplete="email" />
      <SubmitButton pending={form.pending}>{t('signUp.submit')}</SubmitButton>
    </form>
  )
}
