import { useEffect } from 'react'
import { api, pages } from '#web/lib/client.ts'
import { emailAddress, firstOf, required } from '#web/lib/field-checks.ts'
import { useForm } from '#web/lib/form.ts'
import { type Installation, useInstallation } from '#web/lib/installation.ts'
import { leaveTo, navigate } from '#web/lib/navigate.ts'
import { safeNext } from '#web/lib/next-path.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { queryValue } from '#web/lib/query.ts'
import { rememberEmail, rememberedEmail } from '#web/lib/remembered-email.ts'
import { useTexts } from '#web/lib/texts.ts'
import { TextLink } from '#web/ui/plain/ButtonLink.tsx'
import { EntranceCard, EntranceFailure, EntranceSkeleton } from '#web/ui/plain/EntranceCard.tsx'
import { CheckField, FieldRow, TextField } from '#web/ui/plain/Field.tsx'
import { Notice, ProblemNotice } from '#web/ui/plain/Notice.tsx'
import { PasswordField } from '#web/ui/plain/PasswordField.tsx'
import { SubmitButton } from '#web/ui/plain/SubmitButton.tsx'

const reasons = ['signed-out', 'ended', 'password-changed'] as const
type Reason = (typeof reasons)[number]
const toneOf = (reason: Reason) => (reason === 'password-changed' ? 'good' : 'info')

const readReason = (): Reason | undefined =>
  reasons.find((reason) => reason === queryValue('reason'))

const enter = () => leaveTo(safeNext(queryValue('next')))

export const LoginPage = () => {
  const { installation, problem, retry } = useInstallation()
  const isWaiting = installation?.setup === 'waiting'
  const isIn = installation?.signedIn === true
  useEffect(() => {
    if (isWaiting) navigate(pages.signIn.setup, { replace: true })
    else if (isIn) enter()
  }, [isWaiting, isIn])
  if (problem) return <EntranceFailure error={problem} onRetry={retry} />
  if (!installation || isWaiting || isIn) return <EntranceSkeleton fields={2} />
  return <SignIn installation={installation} />
}

const SignIn = ({ installation }: { readonly installation: Installation }) => {
  const t = useTexts('sign-in')
  const reason = readReason()
  const organisation = installation.organisationName
  return (
    <EntranceCard
      title={organisation ? t('login.titleAt', { organisation }) : t('login.title')}
      footer={
        installation.signUp === 'open' && (
          <>
            {t('login.noAccount')}{' '}
            <TextLink href={pages.signIn.signUp}>{t('login.signUp')}</TextLink>
          </>
        )
      }
    >
      {reason && (
        <Notice tone={toneOf(reason)}>
          <span role="status">{t(`login.reasons.${reason}`)}</span>
        </Notice>
      )}
      <SignInForm />
    </EntranceCard>
  )
}

const SignInForm = () => {
  const t = useTexts('sign-in')
  const form = useForm(
    {
      fields: ['email', 'password'],
      check: ({ email, password }) => ({
        email: firstOf(email, required, emailAddress),
        password: password === '' ? required('') : undefined,
      }),
      send: async ({ email, password }, data) => {
        await api.signIn.start({
          email: email.trim(),
          password,
          keepSignedIn: data.has('keepSignedIn'),
        })
        enter()
        return 'leaving'
      },
      focusAtStart: rememberedEmail() ? 'password' : 'email',
      focusAfterRefusal: 'password',
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
        onChange={(event) => rememberEmail(event.currentTarget.value)}
      />
      <PasswordField
        {...form.field('password')}
        label={t('password')}
        autoComplete="current-password"
      />
      <FieldRow>
        <CheckField name="keepSignedIn" label={t('login.keepSignedIn')} />
        <TextLink href={pages.password.forgot}>{t('login.forgot')}</TextLink>
      </FieldRow>
      <SubmitButton pending={form.pending}>{t('login.submit')}</SubmitButton>
    </form>
  )
}
