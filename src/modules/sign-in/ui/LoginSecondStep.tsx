import { useRef } from 'react'
import { api, Problem } from '#web/lib/client.ts'
import { useTexts } from '#web/lib/texts.ts'
import { TextButton } from '#web/ui/plain/SubmitButton.tsx'
import type { Proved } from '#web/ui/plain/second-step/prove.ts'
import { SecondStep } from '#web/ui/plain/second-step/SecondStep.tsx'
import { markPasskeyOffer } from './passkey-offer.ts'
import { enter, isNothingPending } from './steps.ts'

const wrongCode = 'sign-in.second_step_failed'

type Props = {
  readonly methods: readonly string[]
  /** `over`: too late or too often; else the person wants to begin anew. */
  readonly onBack: (reason: 'over' | 'started-again') => void
}

/** The step after the first proof. The user is not signed in yet: what is pending is known to this browser alone. */
export const LoginSecondStep = ({ methods, onBack }: Props) => {
  const t = useTexts('sign-in')
  const triesLeft = useRef<number | null>(null)

  /** Too late or too often: the same either way, and nothing the person did wrong. */
  const unlessOver = async <T,>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      if (isNothingPending(error)) onBack('over')
      throw error
    }
  }
  const countTries = async () => {
    try {
      triesLeft.current = (await unlessOver(api.signIn.pending())).triesLeft
      if (triesLeft.current === 0) onBack('over')
    } catch {
      triesLeft.current = null
    }
  }
  const prove = async (method: string, proof: string): Promise<Proved> => {
    try {
      await unlessOver(api.signIn.finish({ method, proof }))
      markPasskeyOffer(method !== 'passkey')
      return enter()
    } catch (error) {
      if (error instanceof Problem && error.code === wrongCode) await countTries()
      throw error
    }
  }
  const startAgain = async () => {
    // The pending step ends by itself if this call is lost.
    await api.signIn.cancel().catch(() => {})
    onBack('started-again')
  }
  return (
    <SecondStep
      title={t('secondStep.title')}
      methods={methods}
      challenge={(method) => unlessOver(api.signIn.secondChallenge({ method }))}
      prove={prove}
      wrongCode={wrongCode}
      afterWrong={() =>
        triesLeft.current === null ? '' : t('secondStep.triesLeft', { count: triesLeft.current })
      }
      submitLabel={t('login.submit')}
      footer={
        <>
          {t('secondStep.notYou')}{' '}
          <TextButton onPress={() => void startAgain()}>{t('secondStep.startAgain')}</TextButton>
        </>
      }
    />
  )
}
