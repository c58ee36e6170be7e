import { useEffect, useState } from 'react'
import { pages } from '#web/lib/client.ts'
import { type Installation, useInstallation } from '#web/lib/installation.ts'
import { navigate } from '#web/lib/navigate.ts'
import { queryValue } from '#web/lib/query.ts'
import { useTexts } from '#web/lib/texts.ts'
import { TextLink } from '#web/ui/plain/ButtonLink.tsx'
import { EntranceCard, EntranceFailure, EntranceSkeleton } from '#web/ui/plain/EntranceCard.tsx'
import { Notice } from '#web/ui/plain/Notice.tsx'
import { LoginSecondStep } from './LoginSecondStep.tsx'
import { SignInForm } from './SignInForm.tsx'
import { askPending, enter, type Pending } from './steps.ts'

const reasons = ['signed-out', 'ended', 'password-changed'] as const
/** `over`: the second step took too long or too many tries. */
type Reason = (typeof reasons)[number] | 'over'
const toneOf = (reason: Reason) => (reason === 'password-changed' ? 'good' : 'info')

const readReason = (): Reason | undefined =>
  reasons.find((reason) => reason === queryValue('reason'))

/** Asked only when there is something to ask for; undefined until there is an answer. */
const usePending = (installation: Installation | null): Pending | null | undefined => {
  const [pending, setPending] = useState<Pending | null>()
  const isPending = installation?.pending === true
  useEffect(() => {
    if (!isPending) return
    let isCurrent = true
    void askPending().then((found) => isCurrent && setPending(found))
    return () => {
      isCurrent = false
    }
  }, [isPending])
  return installation && !isPending ? null : pending
}

export const LoginPage = () => {
  const { installation, problem, retry } = useInstallation()
  const pending = usePending(installation)
  const isWaiting = installation?.setup === 'waiting'
  const isIn = installation?.signedIn === true
  useEffect(() => {
    if (isWaiting) navigate(pages.signIn.setup, { replace: true })
    else if (isIn) enter()
  }, [isWaiting, isIn])
  if (problem) return <EntranceFailure error={problem} onRetry={retry} />
  if (!installation || pending === undefined || isWaiting || isIn)
    return <EntranceSkeleton fields={2} />
  return <SignIn installation={installation} pending={pending} />
}

type SignInProps = { readonly installation: Installation; readonly pending: Pending | null }

const SignIn = ({ installation, pending }: SignInProps) => {
  const [methods, setMethods] = useState<readonly string[] | null>(pending?.methods ?? null)
  const [reason, setReason] = useState<Reason | undefined>(readReason)
  if (methods) {
    return (
      <LoginSecondStep
        methods={methods}
        onBack={(why) => {
          setReason(why === 'over' ? 'over' : undefined)
          setMethods(null)
        }}
      />
    )
  }
  return <FirstStep installation={installation} reason={reason} onSecondStep={setMethods} />
}

type FirstStepProps = {
  readonly installation: Installation
  readonly reason: Reason | undefined
  readonly onSecondStep: (methods: readonly string[]) => void
}

const FirstStep = ({ installation, reason, onSecondStep }: FirstStepProps) => {
  const t = useTexts('sign-in')
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
          <span role={reason === 'over' ? 'alert' : 'status'}>{t(`login.reasons.${reason}`)}</span>
        </Notice>
      )}
      <SignInForm onSecondStep={onSecondStep} />
    </EntranceCard>
  )
}
