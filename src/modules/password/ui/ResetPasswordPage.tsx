import { useState } from 'react'
import { api, Problem, pageAs, pages } from '#web/lib/client.ts'
import { takenFromFragment } from '#web/lib/fragment.ts'
import { useTexts } from '#web/lib/texts.ts'
import { ButtonLink, TextLink } from '#web/ui/plain/ButtonLink.tsx'
import { EntranceCard } from '#web/ui/plain/EntranceCard.tsx'
import { NewPasswordForm } from '#web/ui/plain/NewPasswordForm.tsx'
import { SecondStep } from '#web/ui/plain/second-step/SecondStep.tsx'
import { type PageLinkProps, type StillWorking, StillWorkingNotice } from './StillWorkingNotice.tsx'

/** What was typed waits here for the second factor, so that the user does not type it twice. */
type Waiting = { readonly newPassword: string; readonly methods: readonly string[] }
type End = 'incomplete' | 'spent' | { readonly stillWorking: StillWorking }

export const ResetPasswordPage = () => {
  const token = takenFromFragment('token')
  const [end, setEnd] = useState<End | null>(token === null ? 'incomplete' : null)
  if (token !== null && end === null) return <Resetting token={token} onEnd={setEnd} />
  return <ResetEnd end={end ?? 'incomplete'} />
}

/** Leads out of the entrance, by way of the sign-in page. */
const PageLink = ({ to, children }: PageLinkProps) => <a href={to}>{children}</a>

type StepProps = { readonly token: string; readonly onEnd: (end: End) => void }

const Resetting = ({ token, onEnd }: StepProps) => {
  const t = useTexts('password')
  const [waiting, setWaiting] = useState<Waiting | null>(null)
  if (waiting) return <ResetSecondStep token={token} onEnd={onEnd} waiting={waiting} />
  return (
    <EntranceCard title={t('reset.title')} intro={t('reset.intro')}>
      <ResetForm token={token} onEnd={onEnd} onFactorNeeded={setWaiting} />
    </EntranceCard>
  )
}

const ResetEnd = ({ end }: { readonly end: End }) => {
  const t = useTexts('password')
  if (typeof end === 'object') {
    return (
      <EntranceCard key="done" title={t('reset.doneTitle')} intro={t('reset.doneIntro')} takesFocus>
        <StillWorkingNotice stillWorking={end.stillWorking} link={PageLink} />
        <ButtonLink href={pageAs['sign-in']}>{t('signIn')}</ButtonLink>
      </EntranceCard>
    )
  }
  const isSpent = end === 'spent'
  return (
    <EntranceCard
      key="dead"
      title={t(isSpent ? 'reset.spentTitle' : 'reset.incompleteTitle')}
      intro={t(isSpent ? 'reset.spentIntro' : 'reset.incompleteIntro')}
      footer={<TextLink href={pageAs['sign-in']}>{t('backToSignIn')}</TextLink>}
      takesFocus={isSpent}
    >
      <ButtonLink href={pages.password.forgot}>{t('reset.newLink')}</ButtonLink>
    </EntranceCard>
  )
}

const isRefused = (error: unknown, code: string): error is Problem =>
  error instanceof Problem && error.code === code

/** Ends the page when the link did; every other refusal is for the caller. */
const unlessSpent = async <T,>(work: Promise<T>, onEnd: (end: End) => void): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (isRefused(error, 'password.link_invalid')) onEnd('spent')
    throw error
  }
}

const wrongCode = 'password.factor_wrong'

/** The mailed link is one factor; an account that has two is not changed by it alone. */
const ResetSecondStep = ({ token, onEnd, waiting }: StepProps & { readonly waiting: Waiting }) => {
  const t = useTexts('password')
  const { newPassword, methods } = waiting
  return (
    <SecondStep
      title={t('reset.factorTitle')}
      methods={methods}
      challenge={(method) => unlessSpent(api.password.resetChallenge({ token, method }), onEnd)}
      prove={async (method, proof) => {
        onEnd(await unlessSpent(api.password.reset({ token, newPassword, method, proof }), onEnd))
        return undefined
      }}
      wrongCode={wrongCode}
      submitLabel={t('reset.submit')}
      footer={t('reset.factorWhy')}
    />
  )
}

type FormProps = StepProps & { readonly onFactorNeeded: (waiting: Waiting) => void }

const ResetForm = ({ token, onEnd, onFactorNeeded }: FormProps) => {
  const t = useTexts('password')
  const send = async (newPassword: string) => {
    try {
      onEnd(await unlessSpent(api.password.reset({ token, newPassword }), onEnd))
    } catch (error) {
      if (!isRefused(error, 'password.factor_needed')) throw error
      onFactorNeeded({ newPassword, methods: error.methods })
    }
  }
  const words = { label: t('newPassword'), again: t('confirmation'), submit: t('reset.submit') }
  return <NewPasswordForm token={token} words={words} send={send} />
}
