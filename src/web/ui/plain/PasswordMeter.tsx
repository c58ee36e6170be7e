import { useTexts } from '#web/lib/texts.ts'
import classes from './PasswordMeter.module.css'
import type { Assessment } from './use-assessment.ts'

type Strength = 'none' | 'refused' | 'fair' | 'good' | 'strong'
const steps: Readonly<Record<Strength, number>> = {
  none: 0,
  refused: 1,
  fair: 2,
  good: 3,
  strong: 4,
}

const strengthOf = ({ score, acceptable }: Assessment): Strength => {
  if (!acceptable) return 'refused'
  return score >= 4 ? 'strong' : score === 3 ? 'good' : 'fair'
}

type Props = {
  readonly assessment: Assessment | null
  /** `refused`: the server said no to what is typed, and the field says why. Its word stands above the estimate. */
  readonly typed: 'nothing' | 'something' | 'refused'
}

const shownStrength = ({ assessment, typed }: Props): Strength => {
  if (typed === 'refused') return 'refused'
  return assessment && typed === 'something' ? strengthOf(assessment) : 'none'
}

/** A bar of four steps, always with a word: colour alone says nothing to many. */
export const PasswordMeter = (props: Props) => {
  const t = useTexts('password')
  const { assessment, typed } = props
  const strength = shownStrength(props)
  const count = assessment?.lengthMin
  const rule =
    count === undefined
      ? t('meter.advice')
      : `${t('meter.lengthMin', { count })} ${t('meter.advice')}`
  const weaknesses = typed === 'refused' ? [] : (assessment?.weaknesses ?? [])
  const reasons = weaknesses.map((weakness) => t(`weaknesses.${weakness}`, { count: count ?? 0 }))
  return (
    <div className={classes.meter} data-strength={strength}>
      <div className={classes.bar} aria-hidden>
        {[1, 2, 3, 4].map((step) => (
          <span key={step} data-filled={step <= steps[strength] || undefined} />
        ))}
      </div>
      <div className={classes.words} role="status">
        {strength === 'none' ? (
          rule
        ) : (
          <>
            <strong>{t(typed === 'refused' ? 'meter.unusable' : `meter.${strength}`)}</strong>{' '}
            {reasons.join(' ')}
          </>
        )}
      </div>
    </div>
  )
}
