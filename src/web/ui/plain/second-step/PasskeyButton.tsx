import { KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { type Problem, Problem as RefusedCall } from '#web/lib/client.ts'
import { isCancelled, PasskeyError } from '#web/lib/passkey.ts'
import { useTexts } from '#web/lib/texts.ts'
import { Notice, ProblemNotice } from '../Notice.tsx'
import { ActButton, QuietButton } from '../SubmitButton.tsx'
import { StepActions } from './StepActions.tsx'

type OutcomeProps = {
  readonly error: unknown
  /** Words for refusals that are no fault: said calmly. */
  readonly calmly?: ((problem: Problem) => string | undefined) | undefined
}

/** What came of asking for a passkey. A user who closed the dialog knows that; it is no error. */
const PasskeyOutcome = ({ error, calmly }: OutcomeProps) => {
  const t = useTexts('web')
  if (error === null || isCancelled(error)) return <ProblemNotice problem={null} />
  const words =
    error instanceof RefusedCall
      ? calmly?.(error)
      : t(`passkey.${error instanceof PasskeyError ? error.reason : 'failed'}`)
  if (words === undefined) return <ProblemNotice problem={error as Problem} />
  return (
    <div role="alert">
      <Notice tone="info">{words}</Notice>
    </div>
  )
}

type Props = OutcomeProps & {
  readonly label: string
  readonly pending: boolean
  readonly onPress: () => void
  readonly isMain?: boolean
  readonly wayOut?: ReactNode
}

export const PasskeyButton = ({
  label,
  pending,
  onPress,
  isMain = false,
  wayOut,
  ...outcome
}: Props) => {
  const Button = isMain ? ActButton : QuietButton
  return (
    <>
      <PasskeyOutcome {...outcome} />
      <StepActions wayOut={wayOut}>
        <Button pending={pending} onPress={onPress} takesFocus={isMain}>
          <KeyRound size={16} aria-hidden />
          {label}
        </Button>
      </StepActions>
    </>
  )
}
