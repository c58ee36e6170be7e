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

type Props = { readonly assessment: Assessment | null; readonly isEmpty: boolean }

/** A bar of four steps, always with a word: colour alone says nothing to many. */
export const PasswordMeter = ({ assessment, isEmpty }: Props) => {
  const t = useTexts('password')
  const strength = assessment && !isEmpty ? strengthOf(assessment) : 'none'
  const count = assessment?.lengthMin
  const rule =
    count === undefined
      ? t('meter.advice')
      : `${t('meter.lengthMin', { count })} ${t('meter.advice')}`
  const reasons =
    assessment?.weaknesses.map((weakness) => t(`weaknesses.${weakness}`, { count: count ?? 0 })) ??
    []
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
            <strong>{t(`meter.${strength}`)}</strong> {reasons.join(' ')}
          </>
        )}
      </div>
    </div>
  )
}
