import { emailMax, nameMax } from '#web/lib/bounds.ts'
import { api, pages } from '#web/lib/client.ts'
import { atMost, emailAddress, firstOf, required } from '#web/lib/field-checks.ts'
import { useForm } from '#web/lib/form.ts'
import { takenFromFragment } from '#web/lib/fragment.ts'
import { useInstallation } from '#web/lib/installation.ts'
import { leaveTo } from '#web/lib/navigate.ts'
import { checkNewPassword } from '#web/lib/new-password.ts'
import { safeNext } from '#web/lib/next-path.ts'
import { problemText } from '#web/lib/problem-text.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ButtonLink } from '#web/ui/plain/ButtonLink.tsx'
import { EntranceCard, EntranceFailure, EntranceSkeleton } from '#web/ui/plain/EntranceCard.tsx'
import { TextField } from '#web/ui/plain/Field.tsx'
import { NewPasswordField } from '#web/ui/plain/NewPasswordField.tsx'
import { ProblemNotice } from '#web/ui/plain/Notice.tsx'
import { SubmitButton } from '#web/ui/plain/SubmitButton.tsx'

export const SetupPage = () => {
  const t = useTexts('sign-in')
  const { installation, problem, retry } = useInstallation()
  if (problem) return <EntranceFailure error={problem} onRetry={retry} />
  if (!installation) return <EntranceSkeleton fields={5} />
  if (installation.setup === 'done') {
    return (
      <EntranceCard title={t('setup.doneTitle')} intro={t('setup.doneIntro')}>
        <ButtonLink href={pages.signIn.signIn}>{t('toSignIn')}</ButtonLink>
      </EntranceCard>
    )
  }
  return (
    <EntranceCard title={t('setup.title')} intro={t('setup.intro')}>
      <SetupForm />
    </EntranceCard>
  )
}

const fields = ['code', 'organisationName', 'name', 'email', 'password'] as const

const SetupForm = () => {
  const t = useTexts('sign-in')
  const code = takenFromFragment('code')
  const form = useForm(
    {
      fields,
      check: (values) => ({
        code: firstOf(values.code, required),
        organisationName: firstOf(values.organisationName, required, atMost(nameMax)),
        name: firstOf(values.name, required, atMost(nameMax)),
        email: firstOf(values.email, required, emailAddress, atMost(emailMax)),
        password: checkNewPassword(values.password),
      }),
      send: async ({ code, email, ...others }) => {
        await api.signIn.setUp({ ...others, code: code.trim(), email: email.trim() })
        leaveTo(safeNext(null))
        return 'leaving'
      },
      besideField: { 'sign-in.setup_code': 'code', 'password.too_weak': 'password' },
      focusAtStart: code ? 'organisationName' : 'code',
    },
    problemText,
  )
  return (
    <form {...form.props}>
      <ProblemNotice problem={form.problem} />
      <TextField
        {...form.field('code')}
        label={t('setup.code')}
        hint={t('setup.codeHint')}
        defaultValue={code ?? ''}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        isCode
      />
      <TextField
        {...form.field('organisationName')}
        label={t('setup.organisation')}
        autoComplete="organization"
      />
      <TextField {...form.field('name')} label={t('name')} autoComplete="name" />
      <TextField {...form.field('email')} label={t('email')} type="email" autoComplete="username" />
      <NewPasswordField
        {...form.field('password')}
        faults={form.faults('password')}
        label={t('password')}
        personal={{ name: 'name', email: 'email' }}
      />
      <SubmitButton pending={form.pending}>{t('setup.submit')}</SubmitButton>
    </form>
  )
}
