import { useState } from 'react'
import { nameMax } from '#web/lib/bounds.ts'
import { api, Problem, pages } from '#web/lib/client.ts'
import { atMost, firstOf, required } from '#web/lib/field-checks.ts'
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

type Kind = 'invitation' | 'verifyEmail'

export const InvitationPage = () => <JoinPage kind="invitation" />
export const VerifyEmailPage = () => <JoinPage kind="verifyEmail" />

/** Both mails lead to the same thing: the address is proved, the account is made. */
const JoinPage = ({ kind }: { readonly kind: Kind }) => {
  const t = useTexts('sign-in')
  const { installation, problem, retry } = useInstallation()
  const [isSpent, setIsSpent] = useState(false)
  const token = takenFromFragment('token')
  if (problem) return <EntranceFailure error={problem} onRetry={retry} />
  if (!installation) return <EntranceSkeleton fields={2} />
  if (installation.signUp === 'closed') return <Closed />
  if (token === null || isSpent) return <DeadLink kind={kind} isSpent={isSpent} />
  const organisation = installation.organisationName
  return (
    <EntranceCard
      title={organisation ? t(`join.${kind}.titleAt`, { organisation }) : t(`join.${kind}.title`)}
      intro={t(`join.${kind}.intro`)}
    >
      <JoinForm token={token} onSpent={() => setIsSpent(true)} />
    </EntranceCard>
  )
}

/** The link is not consumed: it works again once the operator opens the installation. */
const Closed = () => {
  const t = useTexts('sign-in')
  return (
    <EntranceCard title={t('signUp.nobodyTitle')} intro={t('signUp.nobodyInvited')}>
      <ButtonLink href={pages.signIn.signIn}>{t('toSignIn')}</ButtonLink>
    </EntranceCard>
  )
}

const DeadLink = ({ kind, isSpent }: { readonly kind: Kind; readonly isSpent: boolean }) => {
  const t = useTexts('sign-in')
  const state = isSpent ? 'spent' : 'incomplete'
  return (
    <EntranceCard
      key={state}
      title={t(`join.${state}Title`)}
      intro={t(`join.${kind}.${state}`)}
      takesFocus={isSpent}
    >
      <ButtonLink href={pages.signIn.signIn}>{t('toSignIn')}</ButtonLink>
    </EntranceCard>
  )
}

const isDeadLink = (error: unknown) =>
  error instanceof Problem && error.code === 'sign-in.link_invalid'

type FormProps = { readonly token: string; readonly onSpent: () => void }

const JoinForm = ({ token, onSpent }: FormProps) => {
  const t = useTexts('sign-in')
  const form = useForm(
    {
      fields: ['name', 'password'],
      check: ({ name, password }) => ({
        name: firstOf(name, required, atMost(nameMax)),
        password: checkNewPassword(password),
      }),
      send: async ({ name, password }) => {
        try {
          await api.signIn.join({ token, name, password })
        } catch (error) {
          if (!isDeadLink(error)) throw error
          onSpent()
          return undefined
        }
        leaveTo(safeNext(null))
        return 'leaving'
      },
      besideField: { 'password.too_weak': 'password' },
      focusAtStart: 'name',
    },
    problemText,
  )
  return (
    <form {...form.props}>
      <ProblemNotice problem={form.problem} />
      <TextField
        {...form.field('name')}
        label={t('name')}
        autoComplete="name"
        defaultValue={takenFromFragment('name') ?? ''}
      />
      <NewPasswordField
        {...form.field('password')}
        faults={form.faults('password')}
        label={t('password')}
        personal={{ name: 'name' }}
        token={token}
      />
      <SubmitButton pending={form.pending}>{t('join.submit')}</SubmitButton>
    </form>
  )
}
